// Which token sequences the KV cache holds. A node is a page, its key the (up to) page_tokens tokens
// in it; the path from the root spells the tokens before it. Only leaves may hold fewer tokens. No
// child's tokens are a prefix of a sibling's, unless it was put there by insert_exact(). Not thread-safe.
#pragma once

#include "kv/page_pool.h"

#include <cstdint>
#include <list>
#include <set>
#include <span>
#include <vector>

namespace rocmforge {

struct RadixNode;

/// Orders siblings by their tokens, so that the longest common prefix is found beside a lower bound.
struct TokensLess {
    using is_transparent = void;
    bool operator()(const RadixNode* a, const RadixNode* b) const;
    bool operator()(const RadixNode* a, std::span<const int32_t> b) const;
};

struct RadixNode {
    RadixNode* parent = nullptr;
    std::vector<int32_t> tokens;
    int32_t page = -1;
    int32_t checkpoint = -1; ///< slot of the recurrent states after the last token; -1 = none
    std::set<RadixNode*, TokensLess> children;
    std::list<RadixNode>::iterator self; ///< in the tree's list
};

class RadixTree {
public:
    /// Claims its pages from `pool`, which must outlive the tree.
    explicit RadixTree(PagePool& pool)
        : pool_(pool)
    {
    }
    RadixTree(const RadixTree&) = delete;
    RadixTree& operator=(const RadixTree&) = delete;

    [[nodiscard]] RadixNode* root() { return &root_; }
    /// Pages in the tree.
    [[nodiscard]] int size() const { return static_cast<int>(by_recency_.size()); }

    struct Match {
        RadixNode* node = nullptr; ///< null where n_tokens is 0
        int n_tokens = 0; ///< of the node's tokens, from the first, that agree
    };
    /// The child of `parent` that shares the most leading tokens with `tokens`.
    [[nodiscard]] static Match match(const RadixNode& parent, std::span<const int32_t> tokens);

    /// The child of `parent` whose tokens are these; null where there is none.
    [[nodiscard]] static RadixNode* find(const RadixNode& parent, std::span<const int32_t> tokens);

    /// The child of `parent` whose tokens are, or begin with, `tokens`: the one that is there, or a
    /// new one of `page`. A sibling that the new one extends is dropped. Touches the node.
    RadixNode* insert(RadixNode* parent, std::span<const int32_t> tokens, int32_t page);
    /// The child of `parent` whose tokens are these: the one that is there, or a new one of `page`.
    RadixNode* insert_exact(RadixNode* parent, std::span<const int32_t> tokens, int32_t page);
    /// Marks the path to `node` as just used.
    void touch(RadixNode* node);
    /// The least recently used leaf whose page has no users. Null where there is none.
    [[nodiscard]] RadixNode* least_recent_leaf();
    /// Drops a leaf.
    void erase(RadixNode* leaf);

private:
    RadixNode* add(RadixNode* parent, std::span<const int32_t> tokens, int32_t page);

    PagePool& pool_;
    RadixNode root_;
    /// Latest use first. A parent stands before its children, so the last node is a leaf.
    std::list<RadixNode> by_recency_;
};

} // namespace rocmforge
