#include "scheduler/sequence.h"

#include <algorithm>
#include <random>
#include <utility>

namespace rocmforge {

namespace {

double seconds(std::chrono::steady_clock::duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

uint64_t random_seed()
{
    std::random_device device;
    return uint64_t{device()} << 32 | device();
}

} // namespace

Sequence::Sequence(RequestId id, Request request, const Tokenizer& tokenizer)
    : id_(id)
    , request_(std::move(request))
    , tokenizer_(&tokenizer)
    , tokens_(request_.prompt)
    , decoder_(tokenizer)
    , stop_filter_(request_.stop)
{
    statistics_.prompt_tokens = static_cast<int>(tokens_.size());
    statistics_.seed = request_.sampling.seed ? *request_.sampling.seed : random_seed();
}

void Sequence::start()
{
    if (!started_)
        started_ = Clock::now();
}

void Sequence::report_prefill()
{
    if (statistics_.generated_tokens > 0)
        return;
    send(event(RequestEvent::Kind::prefill));
}

std::optional<FinishReason> Sequence::append(DrawnToken drawn, int n_ctx)
{
    const int32_t token = drawn.token;
    const Clock::time_point now = Clock::now();
    if (!first_token_) {
        first_token_ = now;
        statistics_.time_to_first_token = seconds(now - submitted_);
        statistics_.prefill_seconds = seconds(now - *started_);
    }
    if (!request_.ignore_stop_tokens && tokenizer_->is_end(token)) {
        stop_token_ = token;
        tokens_.push_back(token);
        return FinishReason::stop_token;
    }
    statistics_.decode_seconds = seconds(now - *first_token_);
    ++statistics_.generated_tokens;
    tokens_.push_back(token);

    RequestEvent next = event(RequestEvent::Kind::token);
    next.token = token;
    next.probability = drawn.probability;
    next.candidates = std::move(drawn.candidates);
    next.text = stop_filter_.push(decoder_.push(token));
    send(next);

    if (stop_filter_.stopped())
        return FinishReason::stop_string;
    if (statistics_.generated_tokens == request_.max_tokens)
        return FinishReason::length;
    if (n_tokens() >= n_ctx)
        return FinishReason::context_full;
    return std::nullopt;
}

void Sequence::finish(FinishReason reason, std::optional<Error> error)
{
    finished_ = true;
    RequestEvent last = event(RequestEvent::Kind::finished);
    last.text = stop_filter_.push(decoder_.finish()) + stop_filter_.finish();
    last.token = stop_token_;
    last.reason = reason;
    last.error = std::move(error);
    send(last);
}

RequestEvent Sequence::event(RequestEvent::Kind kind) const
{
    RequestEvent event;
    event.id = id_;
    event.kind = kind;
    event.prompt_done = std::min(table.n_tokens, statistics_.prompt_tokens);
    event.statistics = statistics_;
    return event;
}

void Sequence::send(const RequestEvent& event) const
{
    if (request_.on_event)
        request_.on_event(event);
}

} // namespace rocmforge
