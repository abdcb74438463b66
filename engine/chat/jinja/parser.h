// Tokens to a syntax tree.
#pragma once

#include "ast.h"

#include <string_view>

namespace rocmforge::jinja {

/// Throws TemplateError, Fault::syntax, with the line. Nothing in the tree refers to the source.
[[nodiscard]] Template parse(std::string_view source);

} // namespace rocmforge::jinja
