// strftime with English names, whatever the locale of the process.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

/// The directives of C's strftime, and "%-d" for numbers without leading zeros. An unknown one stays
/// as it is.
[[nodiscard]] std::string format_date(const std::tm& date, std::string_view format);

} // namespace rocmforge::jinja
