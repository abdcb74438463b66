// Python's format specifications ("08.3f", "*^10", ",d"), for numbers and text.
#pragma once

#include "runtime.h"
#include "value.h"

#include <optional>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

struct FormatSpec {
    char32_t fill = U' ';
    char align = 0; ///< '<' '>' '^' '=', or 0: the default of the value's type
    char sign = '-'; ///< '-' '+' ' '
    bool alternate = false; ///< 0x, 0o, 0b in front
    size_t width = 0; ///< characters
    char grouping = 0; ///< ',' '_', or 0: none
    std::optional<size_t> precision;
    char type = 0; ///< 'd', 'f', 's' …, or 0: the default of the value's type
};

/// ValueError for what is no specification.
[[nodiscard]] FormatSpec parse_format_spec(std::string_view spec);
/// ValueError or TypeError where the value cannot be formatted so.
[[nodiscard]] std::string format_value(Runtime& runtime, const Value& value, const FormatSpec& spec);
[[nodiscard]] std::string format_integer(Runtime& runtime, int64_t number, const FormatSpec& spec);
/// Types f F e E g G %, and 0 for the shortest digits.
[[nodiscard]] std::string format_float(Runtime& runtime, double number, const FormatSpec& spec);
/// A precision cuts the text.
[[nodiscard]] std::string format_text(Runtime& runtime, std::string_view text, const FormatSpec& spec);

} // namespace rocmforge::jinja
