#include "kv/radix_tree.h"

#include <algorithm>
#include <iterator>

namespace rocmforge {

namespace {

int common_prefix(std::span<const int32_t> a, std::span<const int32_t> b)
{
    return static_cast<int>(std::ranges::mismatch(a, b).in1 - a.begin());
}

} // namespace

bool TokensLess::operator()(const RadixNode* a, const RadixNode* b) const
{
    return (*this)(a, std::span(b->tokens));
}

bool TokensLess::operator()(const RadixNode* a, std::span<const int32_t> b) const
{
    return std::ranges::lexicographical_compare(a->tokens, b);
}

RadixTree::Match RadixTree::match(const RadixNode& parent, std::span<const int32_t> tokens)
{
    Match best;
    const auto consider = [&](RadixNode* child) {
        if (const int n = common_prefix(child->tokens, tokens); n > best.n_tokens)
            best = {child, n};
    };
    const auto after = parent.children.lower_bound(tokens);
    if (after != parent.children.end())
        consider(*after);
    if (after != parent.children.begin())
        consider(*std::prev(after));
    return best;
}

RadixNode* RadixTree::insert(RadixNode* parent, std::span<const int32_t> tokens, int32_t page)
{
    const Match found = match(*parent, tokens);
    RadixNode* node = found.node;
    if (found.n_tokens < static_cast<int>(tokens.size())) {
        if (node && found.n_tokens == static_cast<int>(node->tokens.size()))
            erase(node);
        node = add(parent, tokens, page);
    }
    touch(node);
    return node;
}

RadixNode* RadixTree::find(const RadixNode& parent, std::span<const int32_t> tokens)
{
    const auto found = parent.children.lower_bound(tokens);
    const bool equal = found != parent.children.end() && std::ranges::equal((*found)->tokens, tokens);
    return equal ? *found : nullptr;
}

RadixNode* RadixTree::insert_exact(RadixNode* parent, std::span<const int32_t> tokens, int32_t page)
{
    RadixNode* node = find(*parent, tokens);
    if (!node)
        node = add(parent, tokens, page);
    touch(node);
    return node;
}

RadixNode* RadixTree::add(RadixNode* parent, std::span<const int32_t> tokens, int32_t page)
{
    pool_.cache(page);
    RadixNode& node = by_recency_.emplace_front();
    node.parent = parent;
    node.tokens.assign(tokens.begin(), tokens.end());
    node.page = page;
    node.self = by_recency_.begin();
    parent->children.insert(&node);
    return &node;
}

void RadixTree::touch(RadixNode* node)
{
    for (; node != &root_; node = node->parent)
        by_recency_.splice(by_recency_.begin(), by_recency_, node->self);
}

RadixNode* RadixTree::least_recent_leaf()
{
    const auto last = std::find_if(by_recency_.rbegin(), by_recency_.rend(), [this](const RadixNode& node) {
        return node.children.empty() && pool_.users(node.page) == 0;
    });
    return last == by_recency_.rend() ? nullptr : &*last;
}

void RadixTree::erase(RadixNode* leaf)
{
    leaf->parent->children.erase(leaf);
    pool_.uncache(leaf->page);
    by_recency_.erase(leaf->self);
}

} // namespace rocmforge
