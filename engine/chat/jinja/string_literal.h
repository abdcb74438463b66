// The text that a quoted string in a template stands for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

/// Decodes \n, \x41, \u00e9, \101 and the other escapes of Python; an unknown one stays as it is.
/// None where an escape is cut off or names no character. Two surrogates make one character.
[[nodiscard]] std::optional<std::string> decode_string(std::string_view literal);

} // namespace rocmforge::jinja
