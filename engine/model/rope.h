// Rotary embedding: from its configuration to the frequencies a backend rotates by.
#pragma once

#include "model/config.h"

#include <span>
#include <vector>

namespace rocmforge {

struct RopeTable {
    std::vector<float> frequencies; ///< (n_rot / 2) angle per position of each pair
    float magnitude = 1; ///< factor on cos and sin
};

/// Folds every kind of scaling into the table. `divisors` (n_rot / 2, or empty) divide the
/// frequencies before that: the rope_freqs tensor, which holds Llama 3's scaling.
[[nodiscard]] RopeTable rope_table(const RopeConfig& rope, std::span<const float> divisors);

} // namespace rocmforge
