// str() and repr().
#pragma once

#include "budget.h"
#include "value.h"

#include <string>
#include <string_view>

namespace rocmforge::jinja {

void append_str(Budget& budget, std::string& out, const Value& value);
[[nodiscard]] std::string str(Budget& budget, const Value& value);
[[nodiscard]] std::string repr(Budget& budget, const Value& value);
/// In the quotes that need fewer escapes.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// The shortest digits that give the number back: "1.0", "1e+16", "inf".
[[nodiscard]] std::string float_repr(double number);
/// "'x' is undefined", "'dict object' has no attribute 'x'".
[[nodiscard]] std::string undefined_message(const Undefined& undefined);

} // namespace rocmforge::jinja
