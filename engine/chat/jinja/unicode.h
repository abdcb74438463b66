// UTF-8 text as Python sees it: a sequence of characters with cases and classes.
// Malformed text is never an error: a character is a byte and the continuation bytes that follow it,
// and one that is not valid UTF-8 has the code of U+FFFD.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

struct Character {
    char32_t code = 0;
    size_t bytes = 0;
};

/// The character that starts at `offset`, which must lie inside the text.
[[nodiscard]] Character character_at(std::string_view text, size_t offset);
[[nodiscard]] size_t count_characters(std::string_view text);
/// Where the character `index` starts; the text's size when there are fewer.
[[nodiscard]] size_t offset_of_character(std::string_view text, size_t index);
/// Where the character before `offset` starts; `offset` must not be 0.
[[nodiscard]] size_t previous_character(std::string_view text, size_t offset);
/// A code that UTF-8 cannot carry (a lone surrogate) becomes U+FFFD.
void append_utf8(std::string& out, char32_t code);

[[nodiscard]] bool is_space(char32_t code);
[[nodiscard]] bool is_alphabetic(char32_t code);
[[nodiscard]] bool is_decimal(char32_t code);
/// is_decimal() and superscripts, circled digits and the like.
[[nodiscard]] bool is_digit(char32_t code);
[[nodiscard]] bool is_numeric(char32_t code);
[[nodiscard]] bool is_alphanumeric(char32_t code);
[[nodiscard]] bool is_printable(char32_t code);
[[nodiscard]] bool is_upper(char32_t code);
[[nodiscard]] bool is_lower(char32_t code);
/// Has an upper and a lower case.
[[nodiscard]] bool is_cased(char32_t code);

void append_upper(std::string& out, char32_t code);
void append_lower(std::string& out, char32_t code);
void append_title(std::string& out, char32_t code);
[[nodiscard]] std::string to_upper(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

/// The text without leading or trailing white space.
[[nodiscard]] std::string_view strip_left(std::string_view text);
[[nodiscard]] std::string_view strip_right(std::string_view text);

} // namespace rocmforge::jinja
