#include "arithmetic.h"

#include "comparison.h"
#include "concat.h"
#include "markup.h"
#include "string_format.h"

#include <cmath>

namespace rocmforge::jinja {

namespace {

std::string_view symbol(BinaryOperator op)
{
    switch (op) {
    case BinaryOperator::add:
        return "+";
    case BinaryOperator::subtract:
        return "-";
    case BinaryOperator::multiply:
        return "*";
    case BinaryOperator::divide:
        return "/";
    case BinaryOperator::floor_divide:
        return "//";
    case BinaryOperator::modulo:
        return "%";
    case BinaryOperator::power:
        return "** or pow()";
    }
    return "?";
}

[[noreturn]] void raise_operands(BinaryOperator op, const Value& a, const Value& b)
{
    raise(
        Fault::type,
        {"unsupported operand type(s) for ", symbol(op), ": '", type_name(a), "' and '", type_name(b), "'"});
}

int64_t checked(bool overflow, int64_t result)
{
    if (overflow)
        raise(Fault::overflow, "the integer does not fit into 64 bits");
    return result;
}

int64_t add(int64_t a, int64_t b)
{
    int64_t result = 0;
    const bool overflow = __builtin_add_overflow(a, b, &result);
    return checked(overflow, result);
}

int64_t subtract(int64_t a, int64_t b)
{
    int64_t result = 0;
    const bool overflow = __builtin_sub_overflow(a, b, &result);
    return checked(overflow, result);
}

int64_t multiply(int64_t a, int64_t b)
{
    int64_t result = 0;
    const bool overflow = __builtin_mul_overflow(a, b, &result);
    return checked(overflow, result);
}

/// Towards minus infinity; the remainder has the sign of the divisor.
int64_t floor_divide(int64_t a, int64_t b)
{
    if (b == 0)
        raise(Fault::zero_division, "integer division or modulo by zero");
    if (b == -1)
        return subtract(0, a); // dividing would trap for the smallest integer
    const int64_t quotient = a / b;
    return quotient - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

int64_t modulo(int64_t a, int64_t b)
{
    if (b == 0)
        raise(Fault::zero_division, "integer modulo by zero");
    if (b == -1)
        return 0;
    const int64_t remainder = a % b;
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

int64_t integer_power(int64_t base, int64_t exponent)
{
    int64_t result = 1;
    while (exponent > 0) {
        if (exponent % 2 == 1)
            result = multiply(result, base);
        exponent /= 2;
        if (exponent > 0)
            base = multiply(base, base);
    }
    return result;
}

double float_modulo(double a, double b)
{
    if (b == 0)
        raise(Fault::zero_division, "float modulo");
    const double remainder = std::fmod(a, b);
    if (remainder == 0)
        return std::copysign(0.0, b);
    return (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

double float_divide(double a, double b)
{
    if (b == 0)
        raise(Fault::zero_division, "float division by zero");
    return a / b;
}

double float_floor_divide(double a, double b)
{
    if (b == 0)
        raise(Fault::zero_division, "float floor division by zero");
    const double remainder = std::fmod(a, b);
    const bool rounds_down = remainder != 0 && (remainder < 0) != (b < 0);
    const double quotient = (a - remainder) / b - (rounds_down ? 1 : 0); // whole but for rounding
    if (quotient == 0)
        return std::copysign(0.0, a / b);
    const double below = std::floor(quotient);
    return quotient - below > 0.5 ? below + 1 : below;
}

double float_power(double base, double exponent)
{
    if (base == 0 && exponent < 0)
        raise(Fault::zero_division, "0.0 cannot be raised to a negative power");
    if (base < 0 && std::isfinite(exponent) && exponent != std::floor(exponent))
        raise(Fault::value, "complex numbers are not supported");
    const double result = std::pow(base, exponent);
    if (std::isinf(result) && std::isfinite(base) && std::isfinite(exponent))
        raise(Fault::overflow, "(34, 'Numerical result out of range')");
    return result;
}

Value integer_arithmetic(BinaryOperator op, int64_t a, int64_t b)
{
    switch (op) {
    case BinaryOperator::add:
        return Value(add(a, b));
    case BinaryOperator::subtract:
        return Value(subtract(a, b));
    case BinaryOperator::multiply:
        return Value(multiply(a, b));
    case BinaryOperator::divide:
        if (b == 0)
            raise(Fault::zero_division, "division by zero");
        return Value(static_cast<double>(a) / static_cast<double>(b));
    case BinaryOperator::floor_divide:
        return Value(floor_divide(a, b));
    case BinaryOperator::modulo:
        return Value(modulo(a, b));
    case BinaryOperator::power:
        return b < 0 ? Value(float_power(static_cast<double>(a), static_cast<double>(b)))
                     : Value(integer_power(a, b));
    }
    return Value();
}

Value float_arithmetic(BinaryOperator op, double a, double b)
{
    switch (op) {
    case BinaryOperator::add:
        return Value(a + b);
    case BinaryOperator::subtract:
        return Value(a - b);
    case BinaryOperator::multiply:
        return Value(a * b);
    case BinaryOperator::divide:
        return Value(float_divide(a, b));
    case BinaryOperator::floor_divide:
        return Value(float_floor_divide(a, b));
    case BinaryOperator::modulo:
        return Value(float_modulo(a, b));
    case BinaryOperator::power:
        return Value(float_power(a, b));
    }
    return Value();
}

Value add_text(Runtime& runtime, const Value& a, const Value& b)
{
    if (!b.text())
        raise(Fault::type, {"can only concatenate str (not \"", type_name(b), "\") to str"});
    if (is_markup(a) != is_markup(b))
        return add_text(runtime, escape(runtime, a), escape(runtime, b));
    return runtime.text(a.text()->bytes + b.text()->bytes, a.text()->kind);
}

bool is_list_or_tuple(const Sequence* sequence)
{
    return sequence
        && (sequence->kind == SequenceKind::list || sequence->kind == SequenceKind::tuple
            || sequence->kind == SequenceKind::group);
}

/// Concatenates two lists or two tuples.
Value add_sequences(Runtime& runtime, const Value& a, const Value& b)
{
    const Sequence* left = a.sequence();
    const Sequence* right = b.sequence();
    const bool is_list = left->kind == SequenceKind::list;
    if (!is_list_or_tuple(right) || (right->kind == SequenceKind::list) != is_list) {
        const std::string name = is_list ? "list" : "tuple";
        raise(Fault::type, {"can only concatenate ", name, " (not \"", type_name(b), "\") to ", name});
    }
    runtime.budget.step(static_cast<int64_t>(left->items.size() + right->items.size()));
    std::vector<Value> items = left->items;
    items.insert(items.end(), right->items.begin(), right->items.end());
    return is_list ? runtime.list(std::move(items)) : runtime.tuple(std::move(items));
}

Value repeat_text(Runtime& runtime, const Text& text, size_t times)
{
    runtime.budget.allocate(times, text.bytes.size());
    return Value(text.bytes.empty() ? std::string() : repeated(text.bytes, times), text.kind);
}

Value repeat_sequence(Runtime& runtime, const Sequence& sequence, size_t times)
{
    runtime.budget.allocate(times, sequence.items.size() * sizeof(Value));
    std::vector<Value> items;
    items.reserve(times * sequence.items.size());
    for (size_t i = 0; i < times && !sequence.items.empty(); ++i)
        items.insert(items.end(), sequence.items.begin(), sequence.items.end());
    return sequence.kind == SequenceKind::list ? list(std::move(items)) : tuple(std::move(items));
}

/// text * n and list * n, either way round.
Value repeat(Runtime& runtime, const Value& repeated, const Value& times)
{
    const auto count = as_integer(times);
    if (!count)
        raise(Fault::type, {"can't multiply sequence by non-int of type '", type_name(times), "'"});
    const size_t n = *count < 0 ? 0 : static_cast<size_t>(*count);
    return repeated.text() ? repeat_text(runtime, *repeated.text(), n)
                           : repeat_sequence(runtime, *repeated.sequence(), n);
}

bool is_repeatable(const Value& value)
{
    return value.text() || is_list_or_tuple(value.sequence());
}

/// What an operator does with operands that are not both numbers.
Value sequence_arithmetic(Runtime& runtime, BinaryOperator op, const Value& a, const Value& b)
{
    if (op == BinaryOperator::add && a.text())
        return add_text(runtime, a, b);
    if (op == BinaryOperator::add && is_list_or_tuple(a.sequence()))
        return add_sequences(runtime, a, b);
    if (op == BinaryOperator::multiply && is_repeatable(a))
        return repeat(runtime, a, b);
    if (op == BinaryOperator::multiply && is_repeatable(b))
        return repeat(runtime, b, a);
    if (op == BinaryOperator::modulo && a.text())
        return percent_format(runtime, *a.text(), b);
    raise_operands(op, a, b);
}

/// An undefined operand is an error, except as what fills a format: '%s' % missing.
void require_operands(BinaryOperator op, const Value& a, const Value& b)
{
    require_defined(a);
    if (op != BinaryOperator::modulo || !a.text())
        require_defined(b);
}

} // namespace

Value arithmetic(Runtime& runtime, BinaryOperator op, const Value& a, const Value& b)
{
    require_operands(op, a, b);
    const auto x = as_integer(a), y = as_integer(b);
    if (x && y)
        return integer_arithmetic(op, *x, *y);
    const auto left = as_number(a), right = as_number(b);
    if (left && right)
        return float_arithmetic(op, *left, *right);
    return sequence_arithmetic(runtime, op, a, b);
}

Value negate(const Value& value)
{
    require_defined(value);
    if (const auto integer = as_integer(value))
        return Value(subtract(0, *integer));
    if (const double* floating = value.floating())
        return Value(-*floating);
    raise(Fault::type, {"bad operand type for unary -: '", type_name(value), "'"});
}

Value plus(const Value& value)
{
    require_defined(value);
    if (const auto integer = as_integer(value))
        return Value(*integer);
    if (value.floating())
        return value;
    raise(Fault::type, {"bad operand type for unary +: '", type_name(value), "'"});
}

} // namespace rocmforge::jinja
