#include "kv/prefix_cache.h"

#include "backend/batch.h"

#include <algorithm>
#include <utility>

namespace rocmforge {

int PageTable::capacity() const
{
    return static_cast<int>(pages.size()) * page_tokens;
}

PrefixCache::PrefixCache(int n_pages, Copy copy_page, int n_slots, Copy copy_state)
    : pool_(n_pages)
    , tree_(pool_)
    , checkpoints_(n_slots)
    , copy_page_(std::move(copy_page))
    , copy_state_(std::move(copy_state))
{
}

int PrefixCache::reuse_pages(PageTable& table, std::span<const int32_t> tokens)
{
    if (has_states())
        return 0;
    const int before = table.n_tokens;
    for (auto found = match_next(table, tokens); found.n_tokens == page_tokens;
         found = match_next(table, tokens)) {
        pool_.retain(found.node->page);
        table.pages.push_back(found.node->page);
        table.node = found.node;
        table.n_tokens += page_tokens;
    }
    tree_.touch(node_of(table));
    return table.n_tokens - before;
}

int PrefixCache::reuse(PageTable& table, std::span<const int32_t> tokens)
{
    if (has_states())
        return resume(table, tokens);
    const int before = table.n_tokens;
    reuse_pages(table, tokens);
    if (const RadixTree::Match found = match_next(table, tokens); found.n_tokens > 0)
        if (copy_page_to(table, found.node))
            table.n_tokens += found.n_tokens;
    return table.n_tokens - before;
}

/// The cached page that begins like the tokens after the table's last full page, the very last excepted.
RadixTree::Match PrefixCache::match_next(const PageTable& table, std::span<const int32_t> tokens)
{
    if (table.n_tokens % page_tokens != 0 || tokens.empty())
        return {};
    const auto usable = tokens.first(tokens.size() - 1);
    return RadixTree::match(*node_of(table), usable.subspan(static_cast<size_t>(table.n_tokens)));
}

bool PrefixCache::copy_page_to(PageTable& table, RadixNode* source)
{
    tree_.touch(source);
    pool_.retain(source->page); // so that making room does not evict it
    const std::optional<int32_t> page = allocate();
    if (page) {
        copy_page_(*page, source->page);
        table.pages.push_back(*page);
    }
    pool_.release(source->page);
    return page.has_value();
}

int PrefixCache::reserve(PageTable& table, int n_tokens)
{
    if (has_states() && !has_slot(table))
        return 0;
    while (table.capacity() < n_tokens) {
        const std::optional<int32_t> page = allocate();
        if (!page)
            break;
        table.pages.push_back(*page);
    }
    return table.capacity();
}

void PrefixCache::commit(PageTable& table, std::span<const int32_t> tokens)
{
    const size_t n_full = tokens.size() / page_tokens;
    for (size_t i = static_cast<size_t>(table.n_tokens) / page_tokens; i < n_full; ++i)
        share_page(table, i, tokens.subspan(i * page_tokens, page_tokens));
    table.n_tokens = static_cast<int>(tokens.size());
}

/// Puts a full page into the tree, or takes the tree's page of these tokens for it: were a sequence
/// to keep a page of its own beside the tree's, the tree's ancestors of used pages could be evicted.
void PrefixCache::share_page(PageTable& table, size_t index, std::span<const int32_t> tokens)
{
    const int32_t page = table.pages[index];
    table.node = has_states() ? tree_.insert_exact(node_of(table), tokens, page)
                              : tree_.insert(node_of(table), tokens, page);
    pool_.retain(table.node->page);
    pool_.release(std::exchange(table.pages[index], table.node->page));
}

void PrefixCache::release(PageTable& table, std::span<const int32_t> tokens)
{
    const auto computed = tokens.first(static_cast<size_t>(table.n_tokens));
    if (has_states())
        donate_state(table, computed);
    else
        keep_last_page(table, computed);
    discard(table);
}

void PrefixCache::keep_last_page(const PageTable& table, std::span<const int32_t> tokens)
{
    const size_t n_full = tokens.size() / page_tokens;
    if (const auto last = tokens.subspan(n_full * page_tokens); !last.empty())
        tree_.insert(node_of(table), last, table.pages[n_full]);
    else
        tree_.touch(node_of(table));
}

void PrefixCache::discard(PageTable& table)
{
    std::ranges::for_each(table.pages, [this](int32_t page) { pool_.release(page); });
    if (table.slot >= 0)
        checkpoints_.release(table.slot);
    table = {};
}

std::optional<int32_t> PrefixCache::allocate()
{
    if (pool_.n_free() == 0)
        if (RadixNode* leaf = tree_.least_recent_leaf()) {
            checkpoints_.detach(*leaf);
            tree_.erase(leaf);
        }
    return pool_.allocate();
}

RadixNode* PrefixCache::node_of(const PageTable& table)
{
    return table.node ? table.node : tree_.root();
}

} // namespace rocmforge
