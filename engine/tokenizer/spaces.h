// How SentencePiece vocabularies write spaces: as "▁" (U+2581), so that tokens may hold them.
#pragma once

#include "tokenizer/vocabulary.h"

#include <string>
#include <string_view>

namespace rocmforge::spaces {

/// The text as SentencePiece's vocabulary spells it: extra white space removed and a space put in
/// front where the model wants that, then "▁" for " ".
[[nodiscard]] std::string prepare(std::string_view text, const TextFlags& flags);

/// " " for "▁".
[[nodiscard]] std::string unescape(std::string_view text);

} // namespace rocmforge::spaces
