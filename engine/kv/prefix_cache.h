// Sequences' places in the KV cache, shared where their tokens agree: page pool and radix tree as one.
// When no page is free, the least recently used page that no sequence holds is evicted.
// Full pages are in the tree as soon as the step that fills them is begun or done, so running sequences share them too.
// Pages in the tree are never written: a sequence that goes on inside one gets a copy.
//
// Models with recurrent layers have a state per sequence too, which cannot be cut back to an earlier
// token. There, nodes of the tree may hold checkpoints, states kept after exactly their last token, and
// a prefix is reused as far as the deepest of these. Not thread-safe.
#pragma once

#include "kv/checkpoints.h"
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
    int32_t slot = -1; ///< of its recurrent states, which are those after n_tokens; -1 = none yet
    int n_kept = 0; ///< positions up to the last checkpoint it came from or made

    [[nodiscard]] int capacity() const;
};

class PrefixCache {
public:
    using Copy = std::function<void(int32_t to, int32_t from)>;

    /// `copy_page` copies a page's content on the device, `copy_state` a slot's recurrent states. A
    /// model without such has no slots.
    PrefixCache(int n_pages, Copy copy_page, int n_slots = 0, Copy copy_state = {});

    /// Extends a table, which holds the first of `tokens`, by the cached pages of the next ones. The
    /// last token is left to compute, since its logits are wanted. Returns the tokens gained: none where
    /// sequences have states.
    int reuse_pages(PageTable& table, std::span<const int32_t> tokens);
    /// The same, and then by a copy of the page that begins like what is left. Where sequences have
    /// states: up to the deepest checkpoint, a copy of which becomes the table's state.
    int reuse(PageTable& table, std::span<const int32_t> tokens);
    /// Makes room for n_tokens positions, or as many as can be had, and gives the table a slot where it
    /// needs one. Returns the table's capacity, 0 without a slot.
    int reserve(PageTable& table, int n_tokens);
    /// Says that the pages hold all of `tokens`, or will once the step under way is done.
    void commit(PageTable& table, std::span<const int32_t> tokens);
    /// Keeps a copy of the table's state for others, if its last page is full and a slot can be had.
    void checkpoint(PageTable& table, Checkpoints::Worth worth);
    /// Gives the pages back; what was committed (`tokens`, or more) stays cached.
    void release(PageTable& table, std::span<const int32_t> tokens);
    /// Gives the pages back; a last, unfinished page is forgotten.
    void discard(PageTable& table);

    /// Pages that can be had by eviction or are free.
    [[nodiscard]] int n_available() const { return pool_.n_available(); }
    [[nodiscard]] const PagePool& pool() const { return pool_; }
    [[nodiscard]] const Checkpoints& checkpoints() const { return checkpoints_; }
    /// Sequences have recurrent states.
    [[nodiscard]] bool has_states() const { return checkpoints_.n_slots() > 0; }

private:
    [[nodiscard]] std::optional<int32_t> allocate();
    [[nodiscard]] RadixNode* node_of(const PageTable& table);
    [[nodiscard]] RadixTree::Match match_next(const PageTable& table, std::span<const int32_t> tokens);
    [[nodiscard]] bool copy_page_to(PageTable& table, RadixNode* source);
    void share_page(PageTable& table, size_t index, std::span<const int32_t> tokens);
    void keep_last_page(const PageTable& table, std::span<const int32_t> tokens);

    [[nodiscard]] std::optional<int32_t> allocate_slot();
    [[nodiscard]] bool has_slot(PageTable& table);
    [[nodiscard]] RadixNode* deepest_checkpoint(const PageTable& table, std::span<const int32_t> tokens);
    [[nodiscard]] bool append_path(PageTable& table, RadixNode* node);
    int resume(PageTable& table, std::span<const int32_t> tokens);
    void donate_state(PageTable& table, std::span<const int32_t> tokens);
    void drop_checkpoint(RadixNode& node);

    PagePool pool_;
    RadixTree tree_;
    Checkpoints checkpoints_;
    Copy copy_page_;
    Copy copy_state_;
};

} // namespace rocmforge
