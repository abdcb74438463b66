// Python's + - * / // % ** on numbers, text and sequences.
#pragma once

#include "ast.h"
#include "runtime.h"
#include "value.h"

namespace rocmforge::jinja {

/// Integers have 64 bits: OverflowError beyond them. TypeError for operands that do not fit.
[[nodiscard]] Value arithmetic(Runtime& runtime, BinaryOperator op, const Value& a, const Value& b);
[[nodiscard]] Value negate(const Value& value);
[[nodiscard]] Value plus(const Value& value);

} // namespace rocmforge::jinja
