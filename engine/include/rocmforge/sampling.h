// How the next token is chosen from the logits.
#pragma once

#include <cstdint>
#include <optional>

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

} // namespace rocmforge
