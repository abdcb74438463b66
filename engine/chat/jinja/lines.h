// Lines of text, as Python's splitlines() sees them.
#pragma once

#include <string_view>
#include <vector>

namespace rocmforge::jinja {

enum class LineEnds { drop, keep };

[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text,
                                                        LineEnds ends = LineEnds::drop);

} // namespace rocmforge::jinja
