#include "scheduler/step_batch.h"

namespace rocmforge {

void StepBatch::clear()
{
    entries_.clear();
    tokens_.clear();
    positions_.clear();
    output_rows_.clear();
}

void StepBatch::add(Sequence& sequence, int n_tokens)
{
    const Entry& entry = entries_.emplace_back(Entry{&sequence, n_tokens});
    const int n_past = sequence.table.n_tokens;
    for (int i = 0; i < n_tokens; ++i) {
        tokens_.push_back(sequence.tokens()[static_cast<size_t>(n_past + i)]);
        positions_.push_back(n_past + i);
    }
    if (entry.wants_logits())
        output_rows_.push_back(n_rows() - 1);
}

Batch StepBatch::view()
{
    sequences_.clear();
    int first_row = 0;
    for (const auto& [sequence, n_tokens] : entries_) {
        const PageTable& table = sequence->table;
        sequences_.push_back({first_row, n_tokens, table.n_tokens, table.pages, table.slot});
        first_row += n_tokens;
    }
    return {tokens_, positions_, sequences_, output_rows_};
}

} // namespace rocmforge
