// Trimming and capitalizing text.
#pragma once

#include "budget.h"

#include <string>
#include <string_view>

namespace rocmforge::jinja {

enum class Sides { left, right, both };

/// Without white space at its ends.
[[nodiscard]] std::string_view strip(std::string_view text, Sides sides = Sides::both);
/// Without any of these characters at its ends.
[[nodiscard]] std::string_view strip(Budget& budget, std::string_view text, std::string_view characters,
                                     Sides sides);
/// First character in upper case, the others in lower case.
[[nodiscard]] std::string capitalize(std::string_view text);

} // namespace rocmforge::jinja
