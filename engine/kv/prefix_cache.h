// Sequences' places in the KV cache, shared where their tokens agree: page pool and radix tree as one.
// When no page is free, the least recently used page that no sequence holds is evicted.
// Full pages are in the tree as soon as they are computed, so running sequences share them too.
// Pages in the tree are never written: a sequence that goes on inside one gets a copy. Not thread-safe.
#pragma once

#include "kv/page_pool.h"
#include "kv/radix_tree.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rocmforge {

/// One sequence's pages; held (one user each) until release() or discard().
struct PageTable {
    std::vector<int32_t> pages; ///< page i holds positions i · page_tokens …
    int n_tokens = 0; ///< positions whose keys and values are computed
    RadixNode* node = nullptr; ///< of the last full page; null = none yet

    [[nodiscard]] int capacity() const;
};

class PrefixCache {
public:
    using CopyPage = std::function<void(int32_t to, int32_t from)>;

    /// `copy_page` copies a page's content on the device.
    PrefixCache(int n_pages, CopyPage copy_page);

    /// Extends a table, which holds the first of `tokens`, by the cached pages of the next ones. The
    /// last token is left to compute, since its logits are wanted. Returns the tokens gained.
    int reuse_pages(PageTable& table, std::span<const int32_t> tokens);
    /// The same, and then by a copy of the page that begins like what is left.
    int reuse(PageTable& table, std::span<const int32_t> tokens);
    /// Makes room for n_tokens positions, or as many as can be had. Returns the table's capacity.
    int reserve(PageTable& table, int n_tokens);
    /// Says that the pages now hold all of `tokens`.
    void commit(PageTable& table, std::span<const int32_t> tokens);
    /// Gives the pages back; what was committed (`tokens`, or more) stays cached.
    void release(PageTable& table, std::span<const int32_t> tokens);
    /// Gives the pages back; a last, unfinished page is forgotten.
    void discard(PageTable& table);

    /// Pages that can be had by eviction or are free.
    [[nodiscard]] int n_available() const { return pool_.n_available(); }
    [[nodiscard]] const PagePool& pool() const { return pool_; }

private:
    [[nodiscard]] std::optional<int32_t> allocate();
    [[nodiscard]] RadixNode* node_of(const PageTable& table);
    [[nodiscard]] RadixTree::Match match_next(const PageTable& table, std::span<const int32_t> tokens);
    [[nodiscard]] bool copy_page_to(PageTable& table, RadixNode* source);
    void share_page(PageTable& table, size_t index, std::span<const int32_t> tokens);

    PagePool pool_;
    RadixTree tree_;
    CopyPage copy_page_;
};

} // namespace rocmforge
