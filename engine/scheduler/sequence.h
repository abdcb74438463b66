// One request on its way through the scheduler: its tokens, its place in the KV cache, the text not
// yet shown, its statistics. Tells the request's owner about itself through events.
#pragma once

#include "kv/prefix_cache.h"
#include "scheduler/stop_filter.h"
#include "tokenizer/tokenizer.h"

#include <rocmforge/engine.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rocmforge {

class Sequence {
public:
    Sequence(RequestId id, Request request, const Tokenizer& tokenizer);

    [[nodiscard]] RequestId id() const { return id_; }
    [[nodiscard]] const SamplingParameters& sampling() const { return request_.sampling; }
    [[nodiscard]] int n_candidates() const { return request_.n_candidates; }
    [[nodiscard]] uint64_t seed() const { return statistics_.seed; }
    /// Prompt, then answer, with the stop token that ended it.
    [[nodiscard]] std::span<const int32_t> tokens() const { return tokens_; }
    [[nodiscard]] int n_tokens() const { return static_cast<int>(tokens_.size()); }
    /// Tokens still to be computed.
    [[nodiscard]] int n_pending() const { return n_tokens() - table.n_tokens; }
    /// Only the last token is to be computed, and it is one of the answer.
    [[nodiscard]] bool decoding() const { return statistics_.generated_tokens > 0 && n_pending() == 1; }
    /// Neither its length nor the context ends it with the next token.
    [[nodiscard]] bool goes_on(int n_ctx) const
    {
        return statistics_.generated_tokens + 1 != request_.max_tokens && n_tokens() + 1 < n_ctx;
    }
    [[nodiscard]] bool finished() const { return finished_; }

    /// The first tokens are about to be computed.
    void start();
    /// n tokens need not be computed. Counts until preempt(): after it they are the sequence's own.
    void count_reused(int n) { statistics_.reused_tokens += preempted_ ? 0 : n; }
    void preempt() { preempted_ = true; }
    /// Sends a prefill event, as long as the prompt is being computed.
    void report_prefill();
    /// Takes a sampled token; says why the answer ends with it, if it does. The prompt and the
    /// answer together have at most n_ctx tokens.
    [[nodiscard]] std::optional<FinishReason> append(DrawnToken drawn, int n_ctx);
    /// Sends the last event.
    void finish(FinishReason reason, std::optional<Error> error = std::nullopt);

    PageTable table; ///< of the first table.n_tokens tokens

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] RequestEvent event(RequestEvent::Kind kind) const;
    void send(const RequestEvent& event) const;

    RequestId id_;
    Request request_;
    const Tokenizer* tokenizer_;
    std::vector<int32_t> tokens_;
    StreamDecoder decoder_;
    StopFilter stop_filter_;
    RequestStatistics statistics_;
    int32_t stop_token_ = -1;
    bool preempted_ = false;
    bool finished_ = false;
    Clock::time_point submitted_ = Clock::now();
    std::optional<Clock::time_point> started_;
    std::optional<Clock::time_point> first_token_;
};

} // namespace rocmforge
