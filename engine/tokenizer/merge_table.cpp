#include "tokenizer/merge_table.h"

#include <bit>

namespace rocmforge {

MergeTable::MergeTable(size_t n_merges)
    : slots_(std::bit_ceil(2 * n_merges + 1))
{
}

size_t MergeTable::slot(int32_t left, int32_t right) const
{
    // Fibonacci hashing: the product's upper bits depend on all bits of the pair.
    const uint64_t product = (uint64_t(uint32_t(left)) << 32 | uint32_t(right)) * 0x9E3779B97F4A7C15U;
    const size_t mask = slots_.size() - 1;
    size_t slot = (product >> 32) & mask;
    while (slots_[slot].left >= 0 && (slots_[slot].left != left || slots_[slot].right != right))
        slot = (slot + 1) & mask;
    return slot;
}

PairMerger::Merge MergeTable::find(int32_t left, int32_t right) const
{
    if (left < 0 || right < 0)
        return {};
    return slots_[slot(left, right)].merge;
}

Result<MergeTable> MergeTable::load(const gguf::Metadata& metadata, Vocabulary& vocabulary)
{
    TRY(const auto merges, metadata.strings("tokenizer.ggml.merges"));
    MergeTable table(merges.size());
    size_t n_broken = 0;
    std::string_view first_broken;
    std::string joined;
    for (uint32_t rank = 0; rank < merges.size(); ++rank) {
        const std::string_view merge = merges[rank];
        // A token may begin with a space of its own, so the separating one is looked for after it.
        const size_t space = merge.find(' ', 1);
        const std::string_view left_text = merge.substr(0, space);
        const std::string_view right_text = space == merge.npos ? "" : merge.substr(space + 1);
        joined.assign(left_text).append(right_text);
        const int32_t left = vocabulary.find(left_text);
        const int32_t right = vocabulary.find(right_text);
        const int32_t token = vocabulary.find(joined);
        if (left < 0 || right < 0 || token < 0) {
            if (n_broken++ == 0)
                first_broken = merge;
            continue;
        }
        Slot& slot = table.slots_[table.slot(left, right)];
        if (slot.left < 0)
            slot = {left, right, {rank, token}};
    }
    if (n_broken > 0)
        vocabulary.warn("The merge \"" + std::string(first_broken)
                        + "\" names tokens the vocabulary does not have (" + std::to_string(n_broken)
                        + " such merges); they are ignored.");
    return table;
}

} // namespace rocmforge
