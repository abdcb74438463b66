#include "scheduler/scheduler.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace rocmforge {

using Clock = std::chrono::steady_clock;

namespace {

SchedulerOptions fitted(SchedulerOptions options)
{
    options.n_ctx = std::min(options.n_ctx, options.n_pages * page_tokens);
    options.max_running = std::min(options.max_running, options.max_rows);
    if (options.n_slots > 0)
        options.max_running = std::min(options.max_running, options.n_slots);
    return options;
}

/// Would both compute the same page next? Then one computes it and the other takes it over.
bool same_next_page(const Sequence& a, const Sequence& b)
{
    const auto next_page = [](const Sequence& s) {
        const int first = s.table.n_tokens / page_tokens * page_tokens;
        const int n = std::min(page_tokens, s.n_tokens() - first);
        return s.tokens().subspan(static_cast<size_t>(first), static_cast<size_t>(n));
    };
    return a.table.node == b.table.node && next_page(a).size() == page_tokens
        && std::ranges::equal(next_page(a), next_page(b));
}

/// Pages that its tokens need beyond those it has.
int n_missing_pages(const Sequence& sequence)
{
    return std::max(0, sequence.n_tokens() - sequence.table.capacity() + page_tokens - 1) / page_tokens;
}

/// Where a request with the same prompt, or one that goes on differently, can begin.
int last_page_border(const Sequence& sequence)
{
    return (sequence.n_tokens() - 1) / page_tokens * page_tokens;
}

/// At most `most` of the tokens to compute: up to a page border, and not beyond the last one together
/// with tokens before it.
int tokens_to_border(const Sequence& sequence, int most)
{
    const int n_past = sequence.table.n_tokens;
    int end = n_past + most;
    if (const int border = last_page_border(sequence); n_past < border)
        end = std::min(end, border);
    const int rounded = end / page_tokens * page_tokens;
    return (end < sequence.n_tokens() && rounded > n_past ? rounded : end) - n_past;
}

Status validate_candidates(int n)
{
    if (n >= 0 && n <= max_token_candidates)
        return {};
    return fail(ErrorKind::invalid_request,
                "The request wants " + std::to_string(n) + " candidates of each token.",
                "Choose from 0 to " + std::to_string(max_token_candidates) + ".");
}

Error not_numbers()
{
    return {ErrorKind::non_finite_weights, "The model computed values that are not numbers.",
            "Its file may be damaged: download it again or choose another conversion."};
}

/// Tokens between checkpoints of one prompt.
constexpr int checkpoint_distance = 512;

} // namespace

Scheduler::Scheduler(ForwardPass& forward, const Tokenizer& tokenizer, const SchedulerOptions& options)
    : forward_(forward)
    , tokenizer_(tokenizer)
    , options_(fitted(options))
    , cache_(
          options.n_pages, [&forward](int32_t to, int32_t from) { forward.copy_page(to, from); },
          options.n_slots, [&forward](int32_t to, int32_t from) { forward.copy_state(to, from); })
    , pace_(options.step_seconds)
{
}

void Scheduler::submit(RequestId id, Request request)
{
    Status valid = validate(request);
    auto sequence = std::make_unique<Sequence>(id, std::move(request), tokenizer_);
    if (valid)
        waiting_.push_back(std::move(sequence));
    else
        sequence->finish(FinishReason::error, std::move(valid).error());
}

Status Scheduler::validate(const Request& request) const
{
    TRY_STATUS(options_.refusal);
    TRY_STATUS(rocmforge::validate(request.sampling));
    TRY_STATUS(validate_candidates(request.n_candidates));
    if (request.prompt.empty())
        return fail(ErrorKind::invalid_request, "The prompt has no tokens.", "Write something.");
    if (std::ssize(request.prompt) >= n_ctx())
        return fail(ErrorKind::context_full,
                    "The prompt has " + std::to_string(request.prompt.size()) + " tokens, the context only "
                        + std::to_string(n_ctx()) + ".",
                    "Shorten the conversation, or load the model with a larger context.");
    for (const int32_t token : request.prompt)
        if (token < 0 || token >= forward_.vocab_size())
            return fail(ErrorKind::invalid_request,
                        "The prompt holds token " + std::to_string(token) + ", the vocabulary ends at "
                            + std::to_string(forward_.vocab_size() - 1) + ".",
                        "Make the prompt with this model's own tokenizer.");
    return {};
}

void Scheduler::cancel(RequestId id)
{
    for (Sequences* sequences : {&waiting_, &running_}) {
        const auto found = std::ranges::find(*sequences, id, &Sequence::id);
        if (found == sequences->end())
            continue;
        keep_under_way(batch_, **found);
        finish(**found, FinishReason::cancelled);
        batch_.forget(**found);
        sequences->erase(found);
        return;
    }
}

bool Scheduler::step()
{
    if (!has_work())
        return false;
    if (forward_.draws()) {
        run_ahead();
    } else {
        admit();
        plan();
        run();
    }
    std::erase_if(running_, [](const auto& sequence) { return sequence->finished(); });
    return true;
}

void Scheduler::admit()
{
    while (!waiting_.empty() && std::ssize(running_) < options_.max_running) {
        Sequence& next = *waiting_.front();
        const int n_reused = cache_.reuse_pages(next.table, next.tokens());
        if (!can_admit(next)) {
            cache_.release(next.table, next.tokens());
            return;
        }
        next.start();
        next.count_reused(n_reused);
        running_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

/// Besides what it and the running ones lack, there is a page for each of these to grow into: else
/// one would soon be preempted.
bool Scheduler::can_admit(const Sequence& sequence) const
{
    auto n_wanted = n_missing_pages(sequence) + std::ssize(running_);
    for (const auto& running : running_)
        n_wanted += n_missing_pages(*running);
    return running_.empty() || n_wanted <= cache_.n_available();
}

void Scheduler::preempt_youngest()
{
    Sequence& youngest = *running_.back();
    cache_.release(youngest.table, youngest.tokens());
    youngest.preempt();
    waiting_.push_front(std::move(running_.back()));
    running_.pop_back();
}

void Scheduler::plan()
{
    batch_.clear();
    plan_decodes();
    plan_prefills();
    while (batch_.entries().empty()) { // a single sequence always fits
        preempt_youngest();
        plan_prefills();
    }
}

void Scheduler::plan_decodes()
{
    for (size_t i = 0; i < running_.size(); ++i) {
        Sequence& sequence = *running_[i];
        if (!sequence.decoding())
            continue;
        while (i < running_.size()
               && cache_.reserve(sequence.table, sequence.n_tokens()) < sequence.n_tokens())
            preempt_youngest();
        if (i < running_.size())
            batch_.add(sequence, 1);
    }
}

void Scheduler::plan_prefills()
{
    std::vector<Sequence*> sequences = sequences_to_prefill();
    // The shortest first: what they leave of their share goes to the longer ones.
    std::ranges::sort(sequences, {}, [](const Sequence* s) { return std::pair(s->n_pending(), s->id()); });
    int budget = std::min(options_.max_rows - batch_.n_rows(), pace_.prefill_tokens(options_.max_rows));
    auto n_left = static_cast<int>(sequences.size());
    for (Sequence* sequence : sequences) {
        const int share = std::max(budget / n_left--, std::min(budget, 1));
        const int n_past = sequence->table.n_tokens;
        int wanted = std::min(sequence->n_pending(), share);
        if (cache_.has_states())
            wanted = tokens_to_border(*sequence, wanted);
        const int n = std::min(wanted, cache_.reserve(sequence->table, n_past + wanted) - n_past);
        if (n == 0)
            continue;
        batch_.add(*sequence, n);
        budget -= n;
    }
}

std::vector<Sequence*> Scheduler::sequences_to_prefill()
{
    std::vector<Sequence*> sequences;
    for (const auto& sequence : running_) {
        if (sequence->decoding())
            continue;
        sequence->count_reused(cache_.reuse(sequence->table, sequence->tokens()));
        // Pages computed by another are of no use without a state after them.
        if (cache_.has_states()
            || std::ranges::none_of(sequences, [&](auto* s) { return same_next_page(*s, *sequence); }))
            sequences.push_back(sequence.get());
    }
    return sequences;
}

void Scheduler::run()
{
    step_begin_ = Clock::now();
    const auto logits = forward_.run(batch_.view());
    if (!logits)
        return fail_step(logits.error());
    measure_step();

    auto rest = *logits;
    const auto vocab_size = static_cast<size_t>(forward_.vocab_size());
    for (const StepBatch::Entry& entry : batch_.entries()) {
        keep_computed(entry);
        if (!entry.gives_token)
            continue;
        take_token(*entry.sequence, rest.first(vocab_size));
        rest = rest.subspan(vocab_size);
    }
    batch_.clear();
}

void Scheduler::run_ahead()
{
    if (batch_.is_idle()) {
        drop_step();
        admit();
        plan();
        step_begin_ = Clock::now();
        if (!begin(batch_))
            return;
    }
    const bool goes_on = plan_ahead();
    if (goes_on && !begin(ahead_))
        return;
    take_drawn();
    batch_.clear();
    if (!goes_on)
        return;
    std::swap(batch_, ahead_);
    if (batch_.is_idle())
        drop_step();
}

/// Nobody wants the tokens of the step under way, if one is.
void Scheduler::drop_step()
{
    if (!batch_.entries().empty())
        static_cast<void>(forward_.drawn());
    batch_.clear();
}

/// Only where every request that runs decodes, and none waits to be let in.
bool Scheduler::plan_ahead()
{
    ahead_.clear();
    if (!waiting_.empty() || batch_.n_outputs() != std::ssize(running_))
        return false;
    int output = 0;
    for (const StepBatch::Entry& entry : batch_.entries()) {
        const int index = output++;
        if (!entry.sequence || !entry.sequence->goes_on(n_ctx()))
            continue;
        const int n_tokens = entry.sequence->n_tokens() + 1;
        if (cache_.reserve(entry.sequence->table, n_tokens) < n_tokens) {
            ahead_.clear();
            return false;
        }
        ahead_.add_drawn(*entry.sequence, index);
    }
    return !ahead_.entries().empty();
}

bool Scheduler::begin(StepBatch& batch)
{
    const Status status = forward_.enqueue(batch.view_with_draws());
    if (!status)
        fail_step(status.error());
    return status.has_value();
}

void Scheduler::take_drawn()
{
    const auto tokens = forward_.drawn();
    if (!tokens)
        return fail_step(tokens.error());
    measure_step();
    size_t output = 0;
    for (const StepBatch::Entry& entry : batch_.entries()) {
        const size_t index = entry.gives_token ? output++ : output;
        if (!entry.sequence)
            continue;
        keep_computed(entry);
        if (entry.gives_token)
            append(*entry.sequence, (*tokens)[index]);
    }
}

void Scheduler::measure_step()
{
    const Clock::time_point now = Clock::now();
    pace_.measure(batch_.n_rows(), std::chrono::duration<double>(now - step_begin_).count());
    step_begin_ = now;
}

void Scheduler::keep_computed(const StepBatch::Entry& entry)
{
    Sequence& sequence = *entry.sequence;
    cache_.commit(sequence.table,
                  sequence.tokens().first(static_cast<size_t>(entry.n_past + entry.n_tokens)));
    sequence.report_prefill();
    if (!entry.gives_token)
        keep_checkpoint(sequence);
}

void Scheduler::keep_checkpoint(Sequence& sequence)
{
    PageTable& table = sequence.table;
    if (table.n_tokens == last_page_border(sequence))
        cache_.checkpoint(table, Checkpoints::Worth::likely);
    else if (table.n_tokens - table.n_kept >= checkpoint_distance)
        cache_.checkpoint(table, Checkpoints::Worth::spare);
}

void Scheduler::take_token(Sequence& sequence, std::span<const float> logits)
{
    auto drawn = sampler_.sample_with_candidates(logits, sequence.tokens(), sequence.sampling(),
                                                 sequence.seed(), sequence.n_candidates());
    if (drawn)
        return append(sequence, *std::move(drawn));
    cache_.discard(sequence.table);
    finish(sequence, FinishReason::error, drawn.error());
}

void Scheduler::append(Sequence& sequence, DrawnToken drawn)
{
    if (drawn.token < 0) {
        cache_.discard(sequence.table);
        finish(sequence, FinishReason::error, not_numbers());
    } else if (const auto reason = sequence.append(std::move(drawn), n_ctx())) {
        keep_under_way(ahead_, sequence);
        finish(sequence, *reason);
    }
}

/// A state that has gone on cannot be cut back: it is the one after all tokens of a sequence that ends
/// while its last one is being computed.
void Scheduler::keep_under_way(const StepBatch& step, Sequence& sequence)
{
    if (cache_.has_states() && step.has(sequence))
        cache_.commit(sequence.table, sequence.tokens());
}

/// Ends all that takes part in the step, and the step after it.
void Scheduler::fail_step(const Error& error)
{
    const bool is_ahead = !ahead_.is_idle();
    for (const StepBatch::Entry& entry : batch_.entries()) {
        if (!entry.sequence)
            continue;
        Sequence& sequence = *entry.sequence;
        cache_.discard(sequence.table);
        finish(sequence, FinishReason::error, error);
    }
    if (is_ahead)
        static_cast<void>(forward_.drawn());
    batch_.clear();
    ahead_.clear();
}

void Scheduler::finish(Sequence& sequence, FinishReason reason, std::optional<Error> error)
{
    cache_.release(sequence.table, sequence.tokens());
    sequence.finish(reason, std::move(error));
    ahead_.forget(sequence);
}

} // namespace rocmforge
