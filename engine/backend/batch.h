// What one forward pass works on: the rows (tokens) of all sequences that take part in this step.
#pragma once

#include <rocmforge/sampling.h>

#include <cstdint>
#include <span>

namespace rocmforge {

/// Tokens per KV page: a multiple of both wave sizes' halves, small enough to share short prompts.
inline constexpr int page_tokens = 32;

/// The consecutive rows of one sequence.
struct BatchSequence {
    int first_row = 0; ///< index into Batch::tokens
    int n_tokens = 0;
    int n_past = 0; ///< tokens already in the cache: the position of the first row
    /// Page ids covering positions 0 … n_past + n_tokens - 1, in order.
    std::span<const int32_t> pages;
    int32_t slot = -1; ///< of its recurrent states; -1 where the model has none
};

/// What a pass gives for the rows that are asked for.
enum class BatchOutput {
    logits,
    states, ///< the residual stream after the last layer and the final norm: (n_outputs, n_embd)
};

/// How the token after an output row is drawn, on backends that do so.
struct Draw {
    const SamplingParameters* sampling = nullptr;
    std::span<const int32_t> window; ///< what penalties look back upon, without the row's own token
    uint64_t seed = 0;
    uint64_t n_tokens = 0; ///< before the one drawn: which of the seed's random numbers it takes
    int n_candidates = 0; ///< to be told with it, at most max_token_candidates
};

/// A token that is not known yet: the one drawn after this output row of the pass before.
constexpr int32_t drawn_token(int output)
{
    return -1 - output;
}

/// Views only; the scheduler owns the arrays for the duration of the step.
struct Batch {
    std::span<const int32_t> tokens; ///< (n_tokens), or drawn_token()
    std::span<const int32_t> positions; ///< (n_tokens)
    std::span<const BatchSequence> sequences;
    std::span<const int32_t> output_rows; ///< rows whose logits are wanted, ascending
    BatchOutput output = BatchOutput::logits;
    std::span<const Draw> draws = {}; ///< (n_outputs) to be drawn from the logits; empty = none

    [[nodiscard]] int n_tokens() const { return static_cast<int>(tokens.size()); }
    [[nodiscard]] int n_outputs() const { return static_cast<int>(output_rows.size()); }
};

} // namespace rocmforge
