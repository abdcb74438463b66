// The merges of a BPE vocabulary: which two tokens become which third, and in what order.
#pragma once

#include "tokenizer/pair_merger.h"
#include "tokenizer/vocabulary.h"

#include <span>
#include <vector>

namespace rocmforge {

class MergeTable {
public:
    /// From `tokenizer.ggml.merges` ("left right", best first). Merges that are malformed or name
    /// tokens the vocabulary lacks are left out with a warning. missing_metadata where there is no
    /// list at all.
    [[nodiscard]] static Result<MergeTable> load(const gguf::Metadata& metadata, Vocabulary& vocabulary);

    /// Merge{} where the two do not merge.
    [[nodiscard]] PairMerger::Merge find(int32_t left, int32_t right) const;

private:
    struct Slot {
        int32_t left = -1; ///< -1 = free
        int32_t right = -1;
        PairMerger::Merge merge;
    };

    explicit MergeTable(size_t n_merges);
    /// Where the pair is, or would be.
    [[nodiscard]] size_t slot(int32_t left, int32_t right) const;

    std::vector<Slot> slots_; ///< open addressing, a power of two, at most half full
};

} // namespace rocmforge
