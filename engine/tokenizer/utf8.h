// Where UTF-8 characters begin and end in bytes that need not be UTF-8 (RFC 3629, strict: no
// surrogates, no overlong forms).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rocmforge::utf8 {

enum class Form {
    valid,
    truncated, ///< a character that the end of the text cuts off
    invalid, ///< bytes that nothing that follows can complete
};

/// One character, or the bytes that were taken for the start of one.
struct Sequence {
    char32_t code_point = 0; ///< U+FFFD unless valid
    size_t length = 0; ///< ≥ 1
    Form form = Form::invalid;
};

/// What stands at byte `at` of `text`; `at` < text.size().
[[nodiscard]] Sequence next(std::string_view text, size_t at);

[[nodiscard]] bool is_valid(std::string_view text);

void append(std::string& text, char32_t code_point);

/// Each sequence that is no character becomes U+FFFD (Unicode's "maximal subparts").
[[nodiscard]] std::string with_replacements(std::string_view text);

} // namespace rocmforge::utf8
