// Which tokens end a generation. Files name only some of them by key; the others are known by
// their text.
#pragma once

#include "tokenizer/vocabulary.h"

#include <vector>

namespace rocmforge {

/// Sorted. Those recognized by their text are control tokens, whatever the file says of them.
struct EndTokens {
    std::vector<int32_t> tokens;
    std::vector<int32_t> known_by_text;
};

[[nodiscard]] EndTokens find_end_tokens(const Vocabulary& vocabulary);

} // namespace rocmforge
