// Chooses the next token. The order is: penalties, top-k, top-p, min-p, temperature; the filters see
// the model's own probabilities, the temperature reweights what they leave.
#pragma once

#include "sampling/candidates.h"

#include <rocmforge/error.h>
#include <rocmforge/sampling.h>

#include <cstdint>
#include <span>
#include <vector>

namespace rocmforge {

/// invalid_request for parameters that mean nothing (a negative temperature, NaN), naming them.
[[nodiscard]] Status validate(const SamplingParameters& parameters);

/// Holds scratch memory only, so one Sampler serves all sequences of a thread.
class Sampler {
public:
    /// The token that follows `tokens`, by valid parameters. The random number depends on `seed` and
    /// tokens.size() alone. A logit of -inf excludes its token. device_error where the logits
    /// (vocab_size) hold NaN or +inf or exclude every token.
    [[nodiscard]] Result<int32_t> sample(std::span<const float> logits, std::span<const int32_t> tokens,
                                         const SamplingParameters& parameters, uint64_t seed);
    /// The same, with the n_candidates (0 … max_token_candidates) most probable tokens: fewer where the
    /// vocabulary is smaller or tokens are excluded. With 0 there are only the token and no probability.
    [[nodiscard]] Result<DrawnToken> sample_with_candidates(std::span<const float> logits,
                                                            std::span<const int32_t> tokens,
                                                            const SamplingParameters& parameters,
                                                            uint64_t seed, int n_candidates);

private:
    /// candidates_ = what is left of the tokens; `best` is the most probable one.
    void filter(std::span<const float> logits, const SamplingParameters& parameters, const Candidate& best);
    /// Compares with candidates_.
    void tell_candidates(DrawnToken& drawn, std::span<const float> logits, float best, int n);
    [[nodiscard]] std::span<const float> penalize(std::span<const float> logits,
                                                  std::span<const int32_t> tokens,
                                                  const SamplingParameters& parameters);

    std::vector<float> penalized_; ///< (vocab_size)
    std::vector<int32_t> window_; ///< the tokens looked back upon, sorted
    Candidates candidates_;
    Candidates scratch_;
    std::vector<float> weights_;
};

} // namespace rocmforge
