// Searching in text, in linear time, paid for.
#pragma once

#include "budget.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

inline constexpr size_t npos = std::string_view::npos;

/// Offset in bytes of the first (last) occurrence at or after `from` (that ends at or before `to`).
[[nodiscard]] size_t find(Budget& budget, std::string_view text, std::string_view pattern, size_t from = 0);
[[nodiscard]] size_t find_last(Budget& budget, std::string_view text, std::string_view pattern);
/// Occurrences that do not overlap; one more than the characters for an empty pattern.
[[nodiscard]] size_t count(Budget& budget, std::string_view text, std::string_view pattern);
/// Replaces the first `most` occurrences, all where it is negative.
[[nodiscard]] std::string replace(Budget& budget, std::string_view text, std::string_view pattern,
                                  std::string_view replacement, int64_t most = -1);

} // namespace rocmforge::jinja
