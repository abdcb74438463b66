// Python's int() and float() of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rocmforge::jinja {

/// White space around, a sign, underscores between digits and the prefix of the base are fine; base 0
/// goes by the prefix.
[[nodiscard]] std::optional<int64_t> parse_integer(std::string_view text, int base);
/// "1e3", "nan", "-inf".
[[nodiscard]] std::optional<double> parse_float(std::string_view text);
/// Towards zero; none for what no 64-bit integer can hold.
[[nodiscard]] std::optional<int64_t> truncated(double number);

} // namespace rocmforge::jinja
