// Who holds which slot of the recurrent states: sequences, or nodes of the radix tree whose last token
// a state was kept after. Where no slot is free, the checkpoint that is least worth keeping goes.
// Not thread-safe.
#pragma once

#include "kv/radix_tree.h"

#include <cstdint>
#include <list>
#include <optional>
#include <vector>

namespace rocmforge {

class Checkpoints {
public:
    /// Which ones go first.
    enum class Worth {
        likely, ///< where a conversation goes on or branches: by last use
        spare, ///< any other: before all likely ones
    };

    explicit Checkpoints(int n_slots);

    [[nodiscard]] int n_slots() const { return n_slots_; }
    [[nodiscard]] int n_free() const { return static_cast<int>(free_.size()); }
    /// Nodes with a checkpoint.
    [[nodiscard]] int size() const { return static_cast<int>(by_worth_.size()); }

    /// A slot for a sequence or a new checkpoint. Nullopt where none is free.
    [[nodiscard]] std::optional<int32_t> allocate();
    void release(int32_t slot);

    /// The node, which has none, owns the slot from now on.
    void attach(RadixNode& node, int32_t slot, Worth worth);
    /// Frees the node's slot, if it has one.
    void detach(RadixNode& node);
    /// The node's checkpoint, which it has, was of use.
    void use(RadixNode& node);
    /// The node to detach when a slot is needed; null where no node has one.
    [[nodiscard]] RadixNode* least() const;

private:
    int n_slots_;
    std::vector<int32_t> free_; ///< a stack
    std::list<RadixNode*> by_worth_; ///< the most valuable first
};

} // namespace rocmforge
