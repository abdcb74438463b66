#include "tests.h"

#include "arithmetic.h"
#include "comparison.h"
#include "filters.h"
#include "iteration.h"
#include "markup.h"
#include "methods.h"
#include "printing.h"
#include "slice.h"

#include <array>

namespace rocmforge::jinja {

namespace {

Value is_defined(Runtime&, const Value& value, const Bound&)
{
    return Value(value.undefined() == nullptr);
}

Value is_undefined(Runtime&, const Value& value, const Bound&)
{
    return Value(value.undefined() != nullptr);
}

template <Value::Kind kind> Value is_of_kind(Runtime&, const Value& value, const Bound&)
{
    return Value(value.kind() == kind);
}

Value is_number(Runtime&, const Value& value, const Bound&)
{
    return Value(as_number(value).has_value());
}

template <bool wanted> Value is_boolean(Runtime&, const Value& value, const Bound&)
{
    return Value(value.boolean() && *value.boolean() == wanted);
}

Value is_sequence(Runtime&, const Value& value, const Bound&)
{
    const Sequence* sequence = value.sequence();
    return Value(value.text() || value.dict() || value.undefined() || (sequence && is_indexable(*sequence)));
}

Value can_be_iterated(Runtime&, const Value& value, const Bound&)
{
    return Value(is_iterable(value));
}

Value is_callable(Runtime&, const Value& value, const Bound&)
{
    const Object* object = value.object();
    return Value(value.undefined() || (object && object->is_callable()));
}

/// Identity, which for immutable scalars is equality within a type.
Value is_same(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const Value& other = *arguments[0];
    if (value.sequence() || value.dict())
        return Value(value.sequence() == other.sequence() && value.dict() == other.dict());
    return Value(value.kind() == other.kind() && equals(runtime.budget, value, other));
}

Value in_case(Runtime& runtime, const Value& value, std::string_view method)
{
    const Value text(str(runtime.budget, value));
    return call_builtin(runtime, *find_method(text, method), text, {});
}

Value is_lower_case(Runtime& runtime, const Value& value, const Bound&)
{
    return in_case(runtime, value, "islower");
}

Value is_upper_case(Runtime& runtime, const Value& value, const Bound&)
{
    return in_case(runtime, value, "isupper");
}

bool remainder_is(Runtime& runtime, const Value& value, const Value& divisor, int64_t wanted)
{
    return equals(runtime.budget, arithmetic(runtime, BinaryOperator::modulo, value, divisor), Value(wanted));
}

Value is_even(Runtime& runtime, const Value& value, const Bound&)
{
    return Value(remainder_is(runtime, value, Value(2), 0));
}

Value is_odd(Runtime& runtime, const Value& value, const Bound&)
{
    return Value(remainder_is(runtime, value, Value(2), 1));
}

Value is_divisible(Runtime& runtime, const Value& value, const Bound& arguments)
{
    return Value(remainder_is(runtime, value, *arguments[0], 0));
}

template <Comparator comparator> Value compares(Runtime& runtime, const Value& value, const Bound& arguments)
{
    return Value(compare(runtime.budget, comparator, value, *arguments[0]));
}

Value is_escaped(Runtime&, const Value& value, const Bound&)
{
    return Value(is_markup(value));
}

Value is_filter(Runtime&, const Value& value, const Bound&)
{
    return Value(value.text() && find_filter(value.text()->bytes));
}

Value is_test(Runtime&, const Value& value, const Bound&)
{
    return Value(value.text() && find_test(value.text()->bytes));
}

using Kind = Value::Kind;

constexpr std::array<Builtin, 39> tests{{
    {{"defined"}, is_defined},
    {{"undefined"}, is_undefined},
    {{"none"}, is_of_kind<Kind::none>},
    {{"string"}, is_of_kind<Kind::text>},
    {{"mapping"}, is_of_kind<Kind::dict>},
    {{"boolean"}, is_of_kind<Kind::boolean>},
    {{"integer"}, is_of_kind<Kind::integer>},
    {{"float"}, is_of_kind<Kind::floating>},
    {{"number"}, is_number},
    {{"true"}, is_boolean<true>},
    {{"false"}, is_boolean<false>},
    {{"sequence"}, is_sequence},
    {{"iterable"}, can_be_iterated},
    {{"callable"}, is_callable},
    {{"sameas", {"other"}, 1}, is_same},
    {{"lower"}, is_lower_case},
    {{"upper"}, is_upper_case},
    {{"even"}, is_even},
    {{"odd"}, is_odd},
    {{"divisibleby", {"num"}, 1}, is_divisible},
    {{"in", {"seq"}, 1}, compares<Comparator::in>},
    {{"eq", {"other"}, 1}, compares<Comparator::equal>},
    {{"==", {"other"}, 1}, compares<Comparator::equal>},
    {{"equalto", {"other"}, 1}, compares<Comparator::equal>},
    {{"ne", {"other"}, 1}, compares<Comparator::not_equal>},
    {{"!=", {"other"}, 1}, compares<Comparator::not_equal>},
    {{"lt", {"other"}, 1}, compares<Comparator::less>},
    {{"<", {"other"}, 1}, compares<Comparator::less>},
    {{"lessthan", {"other"}, 1}, compares<Comparator::less>},
    {{"le", {"other"}, 1}, compares<Comparator::less_equal>},
    {{"<=", {"other"}, 1}, compares<Comparator::less_equal>},
    {{"gt", {"other"}, 1}, compares<Comparator::greater>},
    {{">", {"other"}, 1}, compares<Comparator::greater>},
    {{"greaterthan", {"other"}, 1}, compares<Comparator::greater>},
    {{"ge", {"other"}, 1}, compares<Comparator::greater_equal>},
    {{">=", {"other"}, 1}, compares<Comparator::greater_equal>},
    {{"escaped"}, is_escaped},
    {{"filter"}, is_filter},
    {{"test"}, is_test},
}};

} // namespace

const Builtin* find_test(std::string_view name)
{
    return find_builtin(tests, name);
}

} // namespace rocmforge::jinja
