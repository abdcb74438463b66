// The tests of the language: `value is name(arguments)`.
#pragma once

#include "builtin.h"

#include <string_view>

namespace rocmforge::jinja {

/// Null for an unknown name.
[[nodiscard]] const Builtin* find_test(std::string_view name);

} // namespace rocmforge::jinja
