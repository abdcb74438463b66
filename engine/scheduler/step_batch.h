// The rows of one step, gathered from sequences, as the Batch a forward pass takes.
#pragma once

#include "backend/batch.h"
#include "scheduler/sequence.h"

#include <cstdint>
#include <span>
#include <vector>

namespace rocmforge {

class StepBatch {
public:
    struct Entry {
        Sequence* sequence = nullptr;
        int n_tokens = 0; ///< computed in this step
        [[nodiscard]] bool wants_logits() const { return n_tokens == sequence->n_pending(); }
    };

    void clear();
    /// The next n_tokens pending tokens; the sequence's table already has room for them.
    void add(Sequence& sequence, int n_tokens);
    [[nodiscard]] int n_rows() const { return static_cast<int>(tokens_.size()); }
    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    /// Valid until the batch or a sequence's table changes.
    [[nodiscard]] Batch view();

private:
    std::vector<Entry> entries_;
    std::vector<int32_t> tokens_;
    std::vector<int32_t> positions_;
    std::vector<int32_t> output_rows_;
    std::vector<BatchSequence> sequences_;
};

} // namespace rocmforge
