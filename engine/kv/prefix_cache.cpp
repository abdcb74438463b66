#include "kv/prefix_cache.h"

#include "backend/batch.h"

#include <algorithm>
#include <utility>

namespace rocmforge {

int PageTable::capacity() const
{
    return static_cast<int>(pages.size()) * page_tokens;
}

PrefixCache::PrefixCache(int n_pages, CopyPage copy_page)
    : pool_(n_pages)
    , tree_(pool_)
    , copy_page_(std::move(copy_page))
{
}

int PrefixCache::reuse(PageTable& table, std::span<const int32_t> tokens)
{
    const int before = table.n_tokens;
    if (before % page_tokens != 0 || tokens.empty())
        return 0;
    const auto usable = tokens.first(tokens.size() - 1);
    while (reuse_full_page(table, usable.subspan(static_cast<size_t>(table.n_tokens)))) { }
    table.n_tokens += reuse_part_of_page(table, usable.subspan(static_cast<size_t>(table.n_tokens)));
    return table.n_tokens - before;
}

bool PrefixCache::reuse_full_page(PageTable& table, std::span<const int32_t> next)
{
    const RadixTree::Match found = RadixTree::match(*node_of(table), next);
    if (found.n_tokens < page_tokens)
        return false;
    pool_.retain(found.node->page);
    tree_.touch(found.node);
    table.pages.push_back(found.node->page);
    table.node = found.node;
    table.n_tokens += page_tokens;
    return true;
}

int PrefixCache::reuse_part_of_page(PageTable& table, std::span<const int32_t> next)
{
    const RadixTree::Match found = RadixTree::match(*node_of(table), next);
    if (found.n_tokens == 0)
        return 0;
    const int32_t source = found.node->page;
    pool_.retain(source); // so that making room does not evict it
    tree_.touch(found.node);
    const std::optional<int32_t> page = allocate();
    if (page) {
        copy_page_(*page, source);
        table.pages.push_back(*page);
    }
    pool_.release(source);
    return page ? found.n_tokens : 0;
}

int PrefixCache::reserve(PageTable& table, int n_tokens)
{
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
    table.node = tree_.insert(node_of(table), tokens, table.pages[index]);
    pool_.retain(table.node->page);
    pool_.release(std::exchange(table.pages[index], table.node->page));
}

void PrefixCache::release(PageTable& table, std::span<const int32_t> tokens)
{
    const auto last = tokens.first(static_cast<size_t>(table.n_tokens))
                          .last(static_cast<size_t>(table.n_tokens % page_tokens));
    if (!last.empty())
        tree_.insert(node_of(table), last, table.pages[static_cast<size_t>(table.n_tokens) / page_tokens]);
    else
        tree_.touch(node_of(table));
    discard(table);
}

void PrefixCache::discard(PageTable& table)
{
    std::ranges::for_each(table.pages, [this](int32_t page) { pool_.release(page); });
    table = {};
}

std::optional<int32_t> PrefixCache::allocate()
{
    if (pool_.n_free() == 0)
        (void)tree_.evict();
    return pool_.allocate();
}

RadixNode* PrefixCache::node_of(const PageTable& table)
{
    return table.node ? table.node : tree_.root();
}

} // namespace rocmforge
