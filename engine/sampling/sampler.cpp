#include "sampling/sampler.h"

#include "sampling/philox.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace rocmforge {

namespace {

Status check(float value, const char* name, float least, float most)
{
    if (value >= least && value <= most)
        return {};
    return fail(ErrorKind::invalid_request, std::string(name) + " is " + std::to_string(value) + ".",
                "Choose a value from " + std::to_string(least) + " to " + std::to_string(most) + ".");
}

bool penalizes(const SamplingParameters& p)
{
    return p.penalty_window != 0
        && (p.repetition_penalty != 1.0f || p.presence_penalty != 0.0f || p.frequency_penalty != 0.0f);
}

float penalized(float logit, int64_t occurrences, const SamplingParameters& p)
{
    logit = logit > 0 ? logit / p.repetition_penalty : logit * p.repetition_penalty;
    return logit - p.presence_penalty - p.frequency_penalty * static_cast<float>(occurrences);
}

bool unusable(float logit)
{
    return !(logit <= std::numeric_limits<float>::max());
}

std::unexpected<Error> unusable_logits(std::span<const float> logits)
{
    const auto bad = std::ranges::find_if(logits, unusable);
    const std::string what = bad == logits.end() ? "excludes every token"
        : std::isnan(*bad)                       ? "is not a number"
                                                 : "is infinite";
    const std::string where = bad == logits.end() ? "" : " for token " + std::to_string(bad - logits.begin());
    return fail(ErrorKind::device_error, "The model's output " + what + where + ".",
                "The model file may be damaged: download it again.");
}

/// The first of the greatest logits, unless some are unusable.
std::optional<size_t> find_best(std::span<const float> logits)
{
    float best = -std::numeric_limits<float>::infinity();
    int n_bad = 0;
    for (const float logit : logits) {
        best = logit > best ? logit : best;
        n_bad += unusable(logit);
    }
    if (n_bad > 0 || best == -std::numeric_limits<float>::infinity())
        return std::nullopt;
    return static_cast<size_t>(std::ranges::find(logits, best) - logits.begin());
}

} // namespace

Status validate(const SamplingParameters& p)
{
    constexpr float any_penalty = 100.0f;
    TRY_STATUS(check(p.temperature, "The temperature", 0.0f, 1000.0f));
    TRY_STATUS(check(p.top_p, "top-p", 0.0f, 1.0f));
    TRY_STATUS(check(p.min_p, "min-p", 0.0f, 1.0f));
    TRY_STATUS(check(p.repetition_penalty, "The repetition penalty", 0.01f, any_penalty));
    TRY_STATUS(check(p.presence_penalty, "The presence penalty", -any_penalty, any_penalty));
    TRY_STATUS(check(p.frequency_penalty, "The frequency penalty", -any_penalty, any_penalty));
    if (p.top_k < 0)
        return fail(ErrorKind::invalid_request, "top-k is " + std::to_string(p.top_k) + ".",
                    "Choose 0 (all tokens) or more.");
    if (p.penalty_window < -1)
        return fail(ErrorKind::invalid_request,
                    "The penalty window is " + std::to_string(p.penalty_window) + ".",
                    "Choose -1 (all tokens) or more.");
    return {};
}

Result<int32_t> Sampler::sample(std::span<const float> logits, std::span<const int32_t> tokens,
                                const SamplingParameters& parameters, uint64_t seed)
{
    TRY(const DrawnToken drawn, sample_with_candidates(logits, tokens, parameters, seed, 0));
    return drawn.token;
}

Result<DrawnToken> Sampler::sample_with_candidates(std::span<const float> logits,
                                                   std::span<const int32_t> tokens,
                                                   const SamplingParameters& parameters, uint64_t seed,
                                                   int n_candidates)
{
    if (penalizes(parameters))
        logits = penalize(logits, tokens, parameters);
    const std::optional<size_t> first = find_best(logits);
    if (!first)
        return unusable_logits(logits);
    const Candidate best{logits[*first], static_cast<int32_t>(*first)};
    filter(logits, parameters, best);
    DrawnToken drawn{candidates_.size() == 1 ? best.token
                                             : draw(candidates_, parameters.temperature, best.logit,
                                                    philox_uniform(seed, tokens.size()), weights_)};
    if (n_candidates > 0)
        tell_candidates(drawn, logits, best.logit, n_candidates);
    return drawn;
}

void Sampler::filter(std::span<const float> logits, const SamplingParameters& parameters,
                     const Candidate& best)
{
    if (parameters.temperature == 0 || parameters.top_k == 1) {
        candidates_.assign(1, best);
        return;
    }
    if (parameters.top_k > 0)
        collect_top_k(candidates_, logits, static_cast<size_t>(parameters.top_k));
    else
        collect_all(candidates_, logits);
    if (parameters.top_p < 1)
        keep_top_p(candidates_, parameters.top_p, best.logit, scratch_);
    if (parameters.min_p > 0)
        keep_min_p(candidates_, parameters.min_p, best.logit);
}

void Sampler::tell_candidates(DrawnToken& drawn, std::span<const float> logits, float best, int n)
{
    double total = 0;
    for (const float logit : logits)
        total += static_cast<double>(std::exp(logit - best));
    const auto probability = [&](float logit) {
        return static_cast<float>(static_cast<double>(std::exp(logit - best)) / total);
    };
    drawn.probability = probability(logits[static_cast<size_t>(drawn.token)]);

    // All filters keep the most probable ones.
    const Candidate least = *std::ranges::max_element(candidates_, std::greater<>());
    collect_top_k(scratch_, logits, static_cast<size_t>(n));
    std::ranges::sort(scratch_, std::greater<>());
    for (const Candidate& candidate : scratch_)
        drawn.candidates.push_back({candidate.token, probability(candidate.logit), !(least > candidate)});
}

std::span<const float> Sampler::penalize(std::span<const float> logits, std::span<const int32_t> tokens,
                                         const SamplingParameters& parameters)
{
    if (parameters.penalty_window >= 0)
        tokens = tokens.last(std::min(tokens.size(), static_cast<size_t>(parameters.penalty_window)));
    penalized_.assign(logits.begin(), logits.end());
    window_.assign(tokens.begin(), tokens.end());
    std::ranges::sort(window_);
    for (auto run = window_.begin(); run != window_.end();) {
        const auto end = std::upper_bound(run, window_.end(), *run);
        float& logit = penalized_[static_cast<size_t>(*run)];
        logit = penalized(logit, end - run, parameters);
        run = end;
    }
    return penalized_;
}

} // namespace rocmforge
