// Layers that keep a state of fixed size per sequence in place of keys and values: their kind and shape.
#pragma once

#include "backend/backend.h"

#include <cstdint>

namespace rocmforge {

enum class RecurrentKind {
    none, ///< all layers have attention
    short_convolution, ///< a gated convolution over few tokens
    selective_scan, ///< selective state space, a rate of decay for each number of the state
    grouped_scan, ///< selective scan with heads, their inputs interleaved: one rate of decay for each
    multi_head_scan, ///< the same with heads, one rate for each
    gated_delta_net,
};

/// The same for all recurrent layers of a model.
struct RecurrentConfig {
    RecurrentKind kind = RecurrentKind::none;
    int kernel = 0; ///< taps of the convolution
    int conv_width = 0; ///< channels it runs over
    int inner = 0; ///< width of what the recurrence gives; 0 = there is only the convolution
    int n_state = 0; ///< numbers kept for each of these
    int n_heads = 0;
    int n_groups = 0; ///< heads of the keys: b and c of a state space, q and k of a delta net
    int dt_rank = 0; ///< of the compressed time step of a selective or grouped scan
    bool unit_norms = false; ///< its time step, b and c are normed without weights
    KeySharing sharing = KeySharing::consecutive;

    [[nodiscard]] int head_dim() const { return inner / n_heads; }
    [[nodiscard]] int64_t key_width() const { return int64_t{n_groups} * n_state; }
    [[nodiscard]] int64_t conv_state_size() const { return int64_t{kernel - 1} * conv_width; }
    /// Floats of one layer's state.
    [[nodiscard]] int64_t state_size() const { return conv_state_size() + int64_t{inner} * n_state; }
};

} // namespace rocmforge
