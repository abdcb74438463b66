#include "tokenizer/trie.h"

#include <algorithm>

namespace rocmforge {

Trie::Trie(std::vector<Entry> entries)
{
    std::erase_if(entries, [](const Entry& entry) { return entry.first.empty(); });
    std::ranges::sort(entries);
    const auto duplicates = std::ranges::unique(entries, {}, &Entry::first);
    entries.erase(duplicates.begin(), duplicates.end());

    // Level by level, so that the children of a node stand side by side: each node still to be
    // expanded owns a range of the sorted keys, which share their first `depth` bytes.
    struct Pending {
        uint32_t node;
        size_t begin, end, depth;
    };
    std::vector<Pending> pending = {{0, 0, entries.size(), 0}};
    for (size_t next = 0; next < pending.size(); ++next) {
        auto [node, begin, end, depth] = pending[next];
        if (begin < end && entries[begin].first.size() == depth)
            nodes_[node].value = entries[begin++].second;
        nodes_[node].first_child = uint32_t(nodes_.size());
        while (begin < end) {
            const char byte = entries[begin].first[depth];
            size_t same = begin;
            while (same < end && entries[same].first[depth] == byte)
                ++same;
            pending.push_back({uint32_t(nodes_.size()), begin, same, depth + 1});
            nodes_.push_back({.byte = uint8_t(byte)});
            ++nodes_[node].n_children;
            begin = same;
        }
    }
}

const Trie::Node* Trie::child(const Node& node, uint8_t byte) const
{
    const auto first = nodes_.begin() + node.first_child;
    const auto last = first + node.n_children;
    const auto found = std::ranges::lower_bound(first, last, byte, {}, &Node::byte);
    return found != last && found->byte == byte ? &*found : nullptr;
}

Trie::Match Trie::longest_prefix(std::string_view text) const
{
    Match longest;
    for_each_prefix(text, [&](size_t length, int32_t value) { longest = {length, value}; });
    return longest;
}

} // namespace rocmforge
