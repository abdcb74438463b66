#include <rocmforge/sampling.h>

#include <algorithm>
#include <numeric>

namespace rocmforge {

namespace {

double sum_of(std::span<const TokenCandidate> candidates)
{
    return std::accumulate(candidates.begin(), candidates.end(), 0.0,
                           [](double sum, const TokenCandidate& c) { return sum + double{c.probability}; });
}

/// The probability of the top_k most probable tokens, 0 = all.
double probability_of_top_k(std::span<const TokenCandidate> candidates, size_t top_k)
{
    if (top_k == 0)
        return 1;
    if (top_k <= candidates.size())
        return sum_of(candidates.first(top_k));
    const auto n_beyond = static_cast<double>(top_k - candidates.size());
    return std::min(1.0, sum_of(candidates) + n_beyond * double{candidates.back().probability});
}

/// How many of the most probable ones top-p leaves.
size_t count_nucleus(std::span<const TokenCandidate> candidates, double wanted)
{
    size_t n = 0;
    for (double sum = 0; n < candidates.size() && (n == 0 || sum < wanted); ++n)
        sum += double{candidates[n].probability};
    return n;
}

} // namespace

void mark_kept(std::span<TokenCandidate> candidates, const SamplingParameters& p)
{
    if (candidates.empty())
        return;
    const auto top_k = static_cast<size_t>(p.temperature == 0 ? 1 : std::max(p.top_k, 0));
    size_t n_kept = top_k == 0 ? candidates.size() : std::min(top_k, candidates.size());
    if (p.top_p < 1)
        n_kept = count_nucleus(candidates.first(n_kept),
                               double{p.top_p} * probability_of_top_k(candidates, top_k));
    const float least = p.min_p * candidates.front().probability;
    for (size_t i = 0; i < candidates.size(); ++i)
        candidates[i].kept = i < n_kept && candidates[i].probability >= least;
}

} // namespace rocmforge
