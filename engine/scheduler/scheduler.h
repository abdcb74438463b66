// Continuous batching: decides which tokens of which requests the next forward pass computes, and
// turns its logits into tokens. A step takes one row of every answer in progress, then fills up with
// prompts, an equal share for each. Requests are admitted in the order of their ids; when running
// ones outgrow the KV cache, the youngest waits again (what it computed stays cached while there is
// room) and later goes on where it was. Prompts of models with recurrent states are computed up to page
// borders, where checkpoints of the states are kept. One thread.
#pragma once

#include "kv/prefix_cache.h"
#include "sampling/sampler.h"
#include "scheduler/forward_pass.h"
#include "scheduler/sequence.h"
#include "scheduler/step_batch.h"
#include "scheduler/step_pace.h"
#include "tokenizer/tokenizer.h"

#include <rocmforge/engine.h>

#include <chrono>
#include <deque>
#include <memory>
#include <vector>

namespace rocmforge {

struct SchedulerOptions {
    int n_pages = 0; ///< of the KV cache
    int n_slots = 0; ///< of recurrent states; 0 = the model has none
    int n_ctx = 0; ///< tokens of one request, prompt and answer
    int max_rows = 512; ///< of one step
    int max_running = 32; ///< requests computed at once; the logits rows of one step
    Status refusal = {}; ///< of all requests, by models that answer none
    double step_seconds = 0; ///< what a step with prompts aims at; 0 = no limit
};

class Scheduler {
public:
    /// Both must outlive the scheduler.
    Scheduler(ForwardPass& forward, const Tokenizer& tokenizer, const SchedulerOptions& options);

    /// Ids rise with every call. An invalid request finishes at once, with an error.
    void submit(RequestId id, Request request);
    /// The request finishes at once; an unknown id (already finished) is ignored.
    void cancel(RequestId id);
    /// Computes one forward pass, and may begin the next. False when there is nothing to do.
    bool step();

    [[nodiscard]] bool has_work() const { return !waiting_.empty() || !running_.empty(); }
    /// Tokens of one request: the option, or what the KV cache holds where that is less.
    [[nodiscard]] int n_ctx() const { return options_.n_ctx; }
    [[nodiscard]] PrefixCache& cache() { return cache_; }

private:
    using Sequences = std::deque<std::unique_ptr<Sequence>>; ///< by id

    [[nodiscard]] Status validate(const Request& request) const;
    void admit();
    [[nodiscard]] bool can_admit(const Sequence& sequence) const;
    void preempt_youngest();

    void plan();
    void plan_decodes();
    void plan_prefills();
    [[nodiscard]] std::vector<Sequence*> sequences_to_prefill();

    void run();
    // Where the pass draws tokens, the next step is begun before this one's tokens are known.
    void run_ahead();
    [[nodiscard]] bool plan_ahead();
    [[nodiscard]] bool begin(StepBatch& batch);
    void take_drawn();
    void drop_step();
    void measure_step();

    void keep_computed(const StepBatch::Entry& entry);
    void keep_checkpoint(Sequence& sequence);
    void take_token(Sequence& sequence, std::span<const float> logits);
    void append(Sequence& sequence, DrawnToken drawn);
    void keep_under_way(const StepBatch& step, Sequence& sequence);
    void fail_step(const Error& error);
    void finish(Sequence& sequence, FinishReason reason, std::optional<Error> error = std::nullopt);

    ForwardPass& forward_;
    const Tokenizer& tokenizer_;
    SchedulerOptions options_;
    PrefixCache cache_;
    Sampler sampler_;
    StepPace pace_;
    StepBatch batch_; ///< the step under way
    StepBatch ahead_; ///< the step after it, under way too
    std::chrono::steady_clock::time_point step_begin_;
    Sequences waiting_;
    Sequences running_;
};

} // namespace rocmforge
