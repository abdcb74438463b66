#include "kv/checkpoints.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace rocmforge {

Checkpoints::Checkpoints(int n_slots)
    : n_slots_(n_slots)
    , free_(static_cast<size_t>(n_slots))
{
    std::iota(free_.rbegin(), free_.rend(), 0); // the lowest slot on top
}

std::optional<int32_t> Checkpoints::allocate()
{
    if (free_.empty())
        return std::nullopt;
    const int32_t slot = free_.back();
    free_.pop_back();
    return slot;
}

void Checkpoints::release(int32_t slot)
{
    free_.push_back(slot);
}

void Checkpoints::attach(RadixNode& node, int32_t slot, Worth worth)
{
    assert(node.checkpoint < 0);
    node.checkpoint = slot;
    by_worth_.insert(worth == Worth::likely ? by_worth_.begin() : by_worth_.end(), &node);
}

void Checkpoints::detach(RadixNode& node)
{
    if (node.checkpoint < 0)
        return;
    release(std::exchange(node.checkpoint, -1));
    by_worth_.remove(&node);
}

void Checkpoints::use(RadixNode& node)
{
    by_worth_.splice(by_worth_.begin(), by_worth_, std::ranges::find(by_worth_, &node));
}

RadixNode* Checkpoints::least() const
{
    return by_worth_.empty() ? nullptr : by_worth_.back();
}

} // namespace rocmforge
