#include "kv/page_pool.h"

#include <cassert>
#include <numeric>

namespace rocmforge {

PagePool::PagePool(int n_pages)
    : entries_(static_cast<size_t>(n_pages))
    , free_(static_cast<size_t>(n_pages))
{
    std::iota(free_.rbegin(), free_.rend(), 0); // the lowest page on top
}

std::optional<int32_t> PagePool::allocate()
{
    if (free_.empty())
        return std::nullopt;
    const int32_t page = free_.back();
    free_.pop_back();
    retain(page);
    return page;
}

void PagePool::retain(int32_t page)
{
    if (at(page).users++ == 0)
        ++n_used_;
}

void PagePool::release(int32_t page)
{
    Entry& entry = at(page);
    assert(entry.users > 0);
    if (--entry.users > 0)
        return;
    --n_used_;
    if (!entry.cached)
        free_.push_back(page);
}

void PagePool::cache(int32_t page)
{
    assert(!at(page).cached && at(page).users > 0);
    at(page).cached = true;
}

void PagePool::uncache(int32_t page)
{
    Entry& entry = at(page);
    assert(entry.cached);
    entry.cached = false;
    if (entry.users == 0)
        free_.push_back(page);
}

} // namespace rocmforge
