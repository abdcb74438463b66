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
        Sequence* sequence = nullptr; ///< null once it has ended
        int n_past = 0; ///< tokens computed before this step
        int n_tokens = 0; ///< computed in this step
        bool gives_token = false; ///< the last of them is the last there is
    };

    void clear();
    /// The next n_tokens pending tokens; the sequence's table already has room for them.
    void add(Sequence& sequence, int n_tokens);
    /// The token that the step before, whose output `output` is this sequence's, is about to give it.
    void add_drawn(Sequence& sequence, int output);
    /// The sequence has ended: what the step computes for it is of no use.
    void forget(const Sequence& sequence);
    [[nodiscard]] bool has(const Sequence& sequence) const;

    [[nodiscard]] int n_rows() const { return static_cast<int>(tokens_.size()); }
    [[nodiscard]] int n_outputs() const { return static_cast<int>(output_rows_.size()); }
    [[nodiscard]] std::span<const Entry> entries() const { return entries_; }
    /// There is none, or all have ended.
    [[nodiscard]] bool is_idle() const;
    /// Valid until the batch or a sequence's table changes.
    [[nodiscard]] Batch view();
    /// The same for passes that draw tokens.
    [[nodiscard]] Batch view_with_draws();

private:
    void add_output(const Entry& entry, std::span<const int32_t> window);

    std::vector<Entry> entries_;
    std::vector<int32_t> tokens_;
    std::vector<int32_t> positions_;
    std::vector<int32_t> output_rows_;
    std::vector<Draw> draws_;
    std::vector<BatchSequence> sequences_;
};

} // namespace rocmforge
