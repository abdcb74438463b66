#include "sampling/candidates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

namespace rocmforge {

namespace {

/// Bands of logits below the best in which probability is summed up; the last one has no end.
constexpr float band_width = 0.25f;
constexpr size_t n_bands = 128;
constexpr float excluded = -std::numeric_limits<float>::infinity();

float probability(const Candidate& candidate, float best)
{
    return std::exp(candidate.logit - best); // relative to the best
}

size_t band(const Candidate& candidate, float best)
{
    return static_cast<size_t>(std::min((best - candidate.logit) / band_width, float{n_bands - 1}));
}

/// The least probable member of the smallest set of most probable ones that reaches `wanted`.
/// Quickselect by mass; reorders.
Candidate nucleus_end(std::span<Candidate> candidates, double wanted, float best)
{
    while (candidates.size() > 1) {
        const size_t half = candidates.size() / 2;
        std::nth_element(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(half),
                         candidates.end(), std::greater<>());
        double upper = 0;
        for (const Candidate& candidate : candidates.first(half))
            upper += probability(candidate, best);
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
    candidates.resize(logits.size());
    size_t n = 0;
    for (size_t i = 0; i < logits.size(); ++i) {
        candidates[n] = {logits[i], static_cast<int32_t>(i)};
        n += logits[i] != excluded;
    }
    candidates.resize(n);
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
    std::array<double, n_bands> sums{};
    for (const Candidate& candidate : candidates)
        sums[band(candidate, best)] += probability(candidate, best);
    double wanted = p * std::accumulate(sums.begin(), sums.end(), 0.0);
    size_t last = 0; // the band in which the set ends
    while (last + 1 < n_bands && sums[last] < wanted)
        wanted -= sums[last++];
    while (sums[last] == 0) // where rounding led beyond the least probable
        --last;

    scratch.clear();
    std::ranges::copy_if(candidates, std::back_inserter(scratch),
                         [&](const Candidate& c) { return band(c, best) == last; });
    const Candidate end = nucleus_end(scratch, wanted, best);
    std::erase_if(candidates, [&](const Candidate& c) { return end > c; });
}

void keep_min_p(Candidates& candidates, float min_p, float best)
{
    const float least = best + std::log(min_p);
    std::erase_if(candidates, [&](const Candidate& c) { return c.logit < least; });
}

int32_t draw(const Candidates& candidates, float temperature, float best, double uniform,
             std::vector<float>& weights)
{
    weights.resize(candidates.size());
    std::ranges::transform(candidates, weights.begin(),
                           [&](const Candidate& c) { return std::exp((c.logit - best) / temperature); });
    double left = uniform * std::accumulate(weights.begin(), weights.end(), 0.0);
    size_t drawn = 0;
    for (size_t i = 0; i < weights.size() && left >= 0; ++i) {
        if (weights[i] > 0)
            drawn = i;
        left -= double{weights[i]};
    }
    return candidates[drawn].token;
}

} // namespace rocmforge
