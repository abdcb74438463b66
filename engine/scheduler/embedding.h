// From the last states of a text's tokens to its embedding.
#pragma once

#include "model/config.h"

#include <rocmforge/embedding.h>
#include <rocmforge/error.h>

#include <span>
#include <vector>

namespace rocmforge {

/// The pooling to use; unsupported for models that sort search results.
[[nodiscard]] Result<Pooling> choose_pooling(const EmbeddingOptions& options, const Config& config);

/// states (n_tokens, n_embd), n_tokens > 0, to (n_embd), or as they are without pooling.
[[nodiscard]] std::vector<float> pool(std::vector<float> states, size_t n_embd, Pooling pooling);

/// Divides each vector of n_embd by its length; zeros stay zeros.
void normalize(std::span<float> vectors, size_t n_embd);

/// unsupported for models that make embeddings: they do not answer.
[[nodiscard]] Status check_chats(const Config& config);

} // namespace rocmforge
