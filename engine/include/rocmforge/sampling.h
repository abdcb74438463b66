// How the next token is chosen from the logits, and what it was chosen from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace rocmforge {

struct SamplingParameters {
    float temperature = 0.8f; ///< 0 = greedy: always the most probable token
    int top_k = 40; ///< keep the k most probable; 0 = all
    float top_p = 0.95f; ///< keep the smallest set with this much probability; 1 = all
    float min_p = 0.05f; ///< drop what is less probable than min_p · the best; 0 = none
    float repetition_penalty = 1.0f; ///< > 1 makes tokens of the last `penalty_window` less likely
    float presence_penalty = 0.0f; ///< subtracted once from every token of the window
    float frequency_penalty = 0.0f; ///< subtracted per occurrence in the window
    int penalty_window = 64; ///< tokens looked back upon, prompt included; -1 = all
    std::optional<uint64_t> seed = std::nullopt; ///< same seed, same text; none = drawn at random
};

/// Candidates for a token that may be asked for at most.
inline constexpr int max_token_candidates = 30;

/// A token that may come next.
struct TokenCandidate {
    int32_t token = -1;
    /// The model's own: softmax over the vocabulary, after penalties, at temperature 1.
    float probability = 0;
    bool kept = false; ///< top-k, top-p and min-p leave it; at temperature 0 only the best one

    [[nodiscard]] bool operator==(const TokenCandidate&) const = default;
};

/// A token with what it was drawn from, where that was asked for.
struct DrawnToken {
    int32_t token = -1; ///< -1 where logits are not numbers or exclude every token
    float probability = 0; ///< as TokenCandidate's
    std::vector<TokenCandidate> candidates = {}; ///< the most probable of all tokens, best first
};

/// Says of the most probable tokens, best first, which ones these parameters would keep. Exact, but where
/// top-k is more than they are: then those beyond are taken to be as probable as the last one, as far as
/// their probability goes.
void mark_kept(std::span<TokenCandidate> candidates, const SamplingParameters& parameters);

} // namespace rocmforge
