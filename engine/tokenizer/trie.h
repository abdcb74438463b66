// Finds every key of a fixed set that a text begins with, in one walk along its bytes.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace rocmforge {

class Trie {
public:
    using Entry = std::pair<std::string_view, int32_t>; ///< key and its value, ≥ 0

    struct Match {
        size_t length = 0; ///< 0: nothing matched
        int32_t value = -1;
    };

    Trie() = default;
    /// Copies the keys. Empty keys are left out; of equal keys the smallest value counts.
    explicit Trie(std::vector<Entry> entries);

    /// Calls `visit(length, value)` for each key that is a prefix of `text`, shortest first.
    template <typename Visit> void for_each_prefix(std::string_view text, const Visit& visit) const;

    [[nodiscard]] Match longest_prefix(std::string_view text) const;

private:
    /// Its children are `n_children` nodes from `first_child`, sorted by byte.
    struct Node {
        uint32_t first_child = 0;
        int32_t value = -1;
        uint16_t n_children = 0;
        uint8_t byte = 0;
    };

    [[nodiscard]] const Node* child(const Node& node, uint8_t byte) const;

    std::vector<Node> nodes_ = {Node{}}; ///< the root first
};

template <typename Visit> void Trie::for_each_prefix(std::string_view text, const Visit& visit) const
{
    const Node* node = &nodes_.front();
    for (size_t i = 0; i < text.size(); ++i) {
        node = child(*node, uint8_t(text[i]));
        if (!node)
            return;
        if (node->value >= 0)
            visit(i + 1, node->value);
    }
}

} // namespace rocmforge
