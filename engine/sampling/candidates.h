// Filters that leave the more probable tokens. All select in linear time instead of sorting the
// vocabulary; each leaves the candidates in the order of their tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rocmforge {

/// A token with its logit. Greater means more probable; of equals, the lower token.
struct Candidate {
    float logit = 0;
    int32_t token = 0;
    [[nodiscard]] bool operator>(const Candidate& other) const
    {
        return logit > other.logit || (logit == other.logit && token < other.token);
    }
};

using Candidates = std::vector<Candidate>;

/// Every token whose logit is not -inf.
void collect_all(Candidates& candidates, std::span<const float> logits);
/// The k most probable of them, k > 0.
void collect_top_k(Candidates& candidates, std::span<const float> logits, size_t k);
/// Keeps the smallest set of most probable ones with at least p of the probability.
/// `best` is the greatest logit.
void keep_top_p(Candidates& candidates, float p, float best, Candidates& scratch);
/// Drops what is less probable than min_p · the best, min_p > 0.
void keep_min_p(Candidates& candidates, float min_p, float best);
/// The token at `uniform` in [0, 1) of the cumulative softmax of logit / temperature. `weights` is scratch.
[[nodiscard]] int32_t draw(const Candidates& candidates, float temperature, float best, double uniform,
                           std::vector<float>& weights);

} // namespace rocmforge
