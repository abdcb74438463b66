#include "sampling/candidates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>

namespace rocmforge {

namespace {

/// Nearly every nucleus lies within this distance of the best logit: exp(-16) is about 1e-7.
constexpr float near_best = 16.0f;
constexpr float excluded = -std::numeric_limits<float>::infinity();

double mass(std::span<const Candidate> candidates, float best)
{
    double sum = 0;
    for (const Candidate& candidate : candidates)
        sum += std::exp(candidate.logit - best);
    return sum;
}

/// The least probable member of the smallest set of most probable ones that reaches `wanted`.
/// Quickselect by mass; reorders.
Candidate nucleus_end(std::span<Candidate> candidates, double wanted, float best)
{
    while (candidates.size() > 1) {
        const size_t half = candidates.size() / 2;
        std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(half),
                         candidates.end(), std::greater<>());
        const double upper = mass(candidates.first(half), best);
        if (upper >= wanted) {
            candidates = candidates.first(half);
        } else {
            candidates = candidates.subspan(half);
            wanted -= upper;
        }
    }
    return candidates.front();
}

} // namespace

void collect_all(Candidates& candidates, std::span<const float> logits)
{
    candidates.clear();
    for (size_t i = 0; i < logits.size(); ++i)
        if (logits[i] != excluded)
            candidates.push_back({logits[i], static_cast<int32_t>(i)});
}

void collect_top_k(Candidates& candidates, std::span<const float> logits, size_t k)
{
    collect_all(candidates, logits.first(std::min(k, logits.size())));
    std::ranges::make_heap(candidates, std::greater<>()); // the least probable in front
    for (size_t i = k; i < logits.size(); ++i) {
        const bool full = candidates.size() == k;
        if (logits[i] <= (full ? candidates.front().logit : excluded))
            continue;
        if (full) {
            std::ranges::pop_heap(candidates, std::greater<>());
            candidates.pop_back();
        }
        candidates.push_back({logits[i], static_cast<int32_t>(i)});
        std::ranges::push_heap(candidates, std::greater<>());
    }
    std::ranges::sort(candidates, {}, &Candidate::token);
}

void keep_top_p(Candidates& candidates, float p, float best, Candidates& scratch)
{
    const double wanted = p * mass(candidates, best);
    scratch.clear();
    std::ranges::copy_if(candidates, std::back_inserter(scratch),
                         [&](const Candidate& c) { return c.logit >= best - near_best; });
    if (mass(scratch, best) < wanted)
        scratch = candidates;
    const Candidate end = nucleus_end(scratch, wanted, best);
    std::erase_if(candidates, [&](const Candidate& c) { return end > c; });
}

void keep_min_p(Candidates& candidates, float min_p, float best)
{
    const float least = best + std::log(min_p);
    std::erase_if(candidates, [&](const Candidate& c) { return c.logit < least; });
}

int32_t draw(const Candidates& candidates, float temperature, float best, double uniform)
{
    const auto weight = [&](const Candidate& c) { return std::exp((double{c.logit} - best) / temperature); };
    double left = 0;
    for (const Candidate& candidate : candidates)
        left += weight(candidate);
    left *= uniform;
    int32_t token = candidates.front().token;
    for (const Candidate& candidate : candidates) {
        const double w = weight(candidate);
        if (w > 0)
            token = candidate.token;
        left -= w;
        if (left < 0)
            break;
    }
    return token;
}

} // namespace rocmforge
