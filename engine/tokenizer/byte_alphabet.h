// GPT-2's disguise of bytes: each of the 256 is written as one printable character ("Ġ" for a
// space), so that token texts are readable. Source: openai/gpt-2, bytes_to_unicode.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rocmforge {

/// The character that stands for `byte`, in UTF-8.
[[nodiscard]] std::string_view byte_character(uint8_t byte);

/// The bytes a token's text stands for; characters outside the alphabet stand for themselves.
[[nodiscard]] std::string decode_byte_characters(std::string_view text);

} // namespace rocmforge
