// The part of the prefix cache that is about recurrent states.
#include "backend/batch.h"
#include "kv/prefix_cache.h"

#include <algorithm>
#include <utility>

namespace rocmforge {

/// A free slot, or that of the checkpoint least worth keeping.
std::optional<int32_t> PrefixCache::allocate_slot()
{
    if (checkpoints_.n_free() == 0)
        if (RadixNode* least = checkpoints_.least())
            drop_checkpoint(*least);
    return checkpoints_.allocate();
}

bool PrefixCache::has_slot(PageTable& table)
{
    if (table.slot < 0)
        table.slot = allocate_slot().value_or(-1);
    return table.slot >= 0;
}

/// A page that is not full is of no use without its checkpoint.
void PrefixCache::drop_checkpoint(RadixNode& node)
{
    checkpoints_.detach(node);
    if (node.tokens.size() < page_tokens && pool_.users(node.page) == 0)
        tree_.erase(&node);
}

/// The last node with a checkpoint on the path of the tokens after the table's, the very last excepted.
RadixNode* PrefixCache::deepest_checkpoint(const PageTable& table, std::span<const int32_t> tokens)
{
    RadixNode* node = node_of(table);
    RadixNode* deepest = nullptr;
    auto rest = tokens.first(tokens.size() - 1).subspan(static_cast<size_t>(table.n_tokens));
    for (; rest.size() >= page_tokens; rest = rest.subspan(page_tokens)) {
        RadixNode* next = RadixTree::find(*node, rest.first(page_tokens));
        if (!next)
            break;
        node = next;
        if (node->checkpoint >= 0)
            deepest = node;
    }
    for (size_t n = std::min<size_t>(rest.size(), page_tokens - 1); n > 0; --n)
        if (RadixNode* leaf = RadixTree::find(*node, rest.first(n)); leaf && leaf->checkpoint >= 0)
            return leaf;
    return deepest;
}

/// Gives the table the pages from its last one down to `node`: the full ones shared, a last one that
/// is not full as a copy. False where there is no page for that.
bool PrefixCache::append_path(PageTable& table, RadixNode* node)
{
    const bool full = node->tokens.size() == page_tokens;
    RadixNode* last_full = full ? node : node->parent;
    const auto n_before = static_cast<std::ptrdiff_t>(table.pages.size());
    for (RadixNode* page = last_full; page != node_of(table); page = page->parent) {
        pool_.retain(page->page);
        table.pages.push_back(page->page);
    }
    std::reverse(table.pages.begin() + n_before, table.pages.end());
    if (!full && !copy_page_to(table, node)) {
        std::for_each(table.pages.begin() + n_before, table.pages.end(),
                      [this](int32_t page) { pool_.release(page); });
        table.pages.resize(static_cast<size_t>(n_before));
        return false;
    }
    table.node = last_full == tree_.root() ? nullptr : last_full;
    return true;
}

int PrefixCache::resume(PageTable& table, std::span<const int32_t> tokens)
{
    if (table.n_tokens % page_tokens != 0 || tokens.empty() || !has_slot(table))
        return 0;
    RadixNode* found = deepest_checkpoint(table, tokens);
    if (!found || !append_path(table, found))
        return 0;
    const int before = table.n_tokens;
    const size_t n_partial = found->tokens.size() % page_tokens;
    table.n_tokens =
        static_cast<int>(table.pages.size() - (n_partial > 0)) * page_tokens + static_cast<int>(n_partial);
    table.n_kept = table.n_tokens;
    copy_state_(table.slot, found->checkpoint);
    checkpoints_.use(*found);
    tree_.touch(found);
    return table.n_tokens - before;
}

void PrefixCache::checkpoint(PageTable& table, Checkpoints::Worth worth)
{
    if (!has_states() || !table.node || table.n_tokens % page_tokens != 0)
        return;
    table.n_kept = table.n_tokens;
    if (table.node->checkpoint >= 0)
        return checkpoints_.use(*table.node);
    const std::optional<int32_t> slot = allocate_slot();
    if (!slot)
        return;
    copy_state_(*slot, table.slot);
    checkpoints_.attach(*table.node, *slot, worth);
}

/// The state of a sequence that ends becomes a checkpoint, without a copy.
void PrefixCache::donate_state(PageTable& table, std::span<const int32_t> tokens)
{
    if (tokens.empty())
        return;
    const size_t n_full = tokens.size() / page_tokens;
    const auto last = tokens.subspan(n_full * page_tokens);
    RadixNode* node = node_of(table);
    if (!last.empty())
        node = tree_.insert_exact(node, last, table.pages[n_full]);
    tree_.touch(node);
    if (node->checkpoint >= 0)
        checkpoints_.use(*node);
    else
        checkpoints_.attach(*node, std::exchange(table.slot, -1), Checkpoints::Worth::likely);
}

} // namespace rocmforge
