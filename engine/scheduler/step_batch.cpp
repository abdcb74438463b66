#include "scheduler/step_batch.h"

#include <algorithm>

namespace rocmforge {

void StepBatch::clear()
{
    entries_.clear();
    tokens_.clear();
    positions_.clear();
    output_rows_.clear();
    draws_.clear();
}

void StepBatch::add(Sequence& sequence, int n_tokens)
{
    const int n_past = sequence.table.n_tokens;
    const Entry& entry =
        entries_.emplace_back(Entry{&sequence, n_past, n_tokens, n_tokens == sequence.n_pending()});
    for (int i = 0; i < n_tokens; ++i) {
        tokens_.push_back(sequence.tokens()[static_cast<size_t>(n_past + i)]);
        positions_.push_back(n_past + i);
    }
    if (entry.gives_token)
        add_output(entry, sequence.tokens().first(static_cast<size_t>(sequence.n_tokens() - 1)));
}

void StepBatch::add_drawn(Sequence& sequence, int output)
{
    const Entry& entry = entries_.emplace_back(Entry{&sequence, sequence.n_tokens(), 1, true});
    tokens_.push_back(drawn_token(output));
    positions_.push_back(entry.n_past);
    add_output(entry, sequence.tokens());
}

/// `window`: the sequence's tokens but for the row's own, which the pass knows.
void StepBatch::add_output(const Entry& entry, std::span<const int32_t> window)
{
    output_rows_.push_back(n_rows() - 1);
    const SamplingParameters& sampling = entry.sequence->sampling();
    const size_t n_tokens = window.size() + 1;
    if (sampling.penalty_window >= 0)
        window = window.last(
            std::min(window.size(), static_cast<size_t>(std::max(sampling.penalty_window - 1, 0))));
    draws_.push_back({&sampling, window, entry.sequence->seed(), n_tokens, entry.sequence->n_candidates()});
}

void StepBatch::forget(const Sequence& sequence)
{
    for (Entry& entry : entries_)
        if (entry.sequence == &sequence)
            entry.sequence = nullptr;
}

bool StepBatch::has(const Sequence& sequence) const
{
    return std::ranges::find(entries_, &sequence, &Entry::sequence) != entries_.end();
}

bool StepBatch::is_idle() const
{
    return std::ranges::all_of(entries_, [](const Entry& entry) { return !entry.sequence; });
}

Batch StepBatch::view()
{
    sequences_.clear();
    int first_row = 0;
    for (const Entry& entry : entries_) {
        const PageTable& table = entry.sequence->table;
        sequences_.push_back({first_row, entry.n_tokens, entry.n_past, table.pages, table.slot});
        first_row += entry.n_tokens;
    }
    return {tokens_, positions_, sequences_, output_rows_};
}

Batch StepBatch::view_with_draws()
{
    Batch batch = view();
    batch.draws = draws_;
    return batch;
}

} // namespace rocmforge
