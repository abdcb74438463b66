// Embeddings: texts as vectors whose angles tell how alike the texts are.
#pragma once

#include <optional>
#include <string_view>

namespace rocmforge {

/// How the vectors of a text's tokens become one; the numbers are those of the metadata.
enum class Pooling {
    none, ///< one vector per token
    mean,
    cls, ///< the first token's
    last, ///< the last token's
    rank, ///< no vector but a relevance: models that sort search results
};

/// "mean".
[[nodiscard]] std::string_view pooling_name(Pooling pooling);

struct EmbeddingOptions {
    std::optional<Pooling> pooling = {}; ///< absent = the model's own, or mean where it has none
    bool normalized = true; ///< vectors have length 1
};

} // namespace rocmforge
