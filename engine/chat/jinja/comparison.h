// Truth, equality, order and membership, as Python has them.
#pragma once

#include "ast.h"
#include "budget.h"
#include "value.h"

namespace rocmforge::jinja {

[[nodiscard]] bool is_true(const Value& value);
/// 1 == 1.0 == True; containers by content, objects by identity.
[[nodiscard]] bool equals(Budget& budget, const Value& a, const Value& b);
/// TypeError for values that have no order. Any Comparator.
[[nodiscard]] bool compare(Budget& budget, Comparator comparator, const Value& a, const Value& b);
[[nodiscard]] inline bool less(Budget& budget, const Value& a, const Value& b)
{
    return compare(budget, Comparator::less, a, b);
}

/// Raises the fault of an undefined value.
[[noreturn]] void raise_undefined(const Undefined& undefined);
/// Does so if the value is one.
void require_defined(const Value& value);

} // namespace rocmforge::jinja
