// The memory of recurrent states: per layer one buffer of n_slots slots, each one sequence's state or
// a checkpoint of one. Which slot holds what is the prefix cache's business.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <span>
#include <vector>

namespace rocmforge {

class RecurrentCache {
public:
    /// For one conversation: its own state, and checkpoints to go back to.
    static constexpr int fewest_slots = 4;

    /// No slots, for models without recurrent layers.
    RecurrentCache() = default;

    /// `layer_sizes`: floats of each layer's state, 0 where it has none. `backends` has one for each layer;
    /// they must outlive the cache. out_of_memory with the bytes wanted.
    [[nodiscard]] static Result<RecurrentCache> create(std::span<Backend* const> backends,
                                                       std::span<const int64_t> layer_sizes, int n_slots);
    /// All layers on one backend.
    [[nodiscard]] static Result<RecurrentCache> create(Backend& backend, std::span<const int64_t> layer_sizes,
                                                       int n_slots);

    [[nodiscard]] const StateSlots& layer(int i) const { return layers_[static_cast<size_t>(i)]; }
    [[nodiscard]] int n_slots() const { return n_slots_; }
    /// Tells caches of one backend apart; null without slots.
    [[nodiscard]] const void* memory() const { return memory_; }
    /// All layers' states of one slot.
    void copy_slot(int32_t to, int32_t from) const;
    /// Bytes of one slot over all layers; 0 = the model needs none.
    [[nodiscard]] static int64_t slot_bytes(std::span<const int64_t> layer_sizes);

private:
    std::vector<StateSlots> layers_;
    const void* memory_ = nullptr; ///< the first layer's
    std::vector<Backend*> backends_; ///< of each layer
    int n_slots_ = 0;
};

} // namespace rocmforge
