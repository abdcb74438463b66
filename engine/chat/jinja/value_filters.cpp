// Filters for numbers, and for values of any kind.
#include "access.h"
#include "arithmetic.h"
#include "comparison.h"
#include "concat.h"
#include "filters.h"
#include "iteration.h"
#include "json_output.h"
#include "number_format.h"
#include "number_parse.h"
#include "printing.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rocmforge::jinja {

namespace {

Value default_value(Runtime&, const Value& value, const Bound& arguments)
{
    const bool use_default = value.undefined() || (arguments.flag(1, false) && !is_true(value));
    return use_default ? arguments.value(0, Value(std::string())) : value;
}

Value length(Runtime&, const Value& value, const Bound&)
{
    const auto length = length_of(value);
    if (!length)
        raise(Fault::type, {"object of type '", type_name(value), "' has no len()"});
    return Value(*length);
}

Value attribute(Runtime& runtime, const Value& value, const Bound& arguments)
{
    return get_own_attribute(runtime, value, arguments.text(0).bytes);
}

Value absolute(Runtime&, const Value& value, const Bound&)
{
    require_defined(value);
    if (const auto integer = as_integer(value))
        return *integer < 0 ? negate(value) : Value(*integer);
    if (const double* floating = value.floating())
        return Value(std::abs(*floating));
    raise(Fault::type, {"bad operand type for abs(): '", type_name(value), "'"});
}

Value integer(Runtime&, const Value& value, const Bound& arguments)
{
    require_defined(value);
    if (const auto number = as_integer(value))
        return Value(*number);
    std::optional<double> number = as_number(value);
    if (const Text* text = value.text()) {
        if (const auto parsed = parse_integer(
                text->bytes, static_cast<int>(std::clamp<int64_t>(arguments.integer(1, 10), 0, 99))))
            return Value(*parsed);
        number = parse_float(text->bytes);
    }
    if (!number || std::isnan(*number))
        return arguments.value(0, Value(0));
    const auto whole = truncated(*number);
    if (!whole)
        raise(Fault::overflow, "cannot convert float to a 64-bit integer");
    return Value(*whole);
}

Value floating(Runtime&, const Value& value, const Bound& arguments)
{
    require_defined(value);
    const auto number = value.text() ? parse_float(value.text()->bytes) : as_number(value);
    return number ? Value(*number) : arguments.value(0, Value(0.0));
}

/// To the nearest, ties to even, exactly as the number is in decimal.
double round_half_even(Runtime& runtime, double number, int64_t precision)
{
    if (!std::isfinite(number) || precision > 300)
        return number;
    if (precision < 0) {
        const double unit = std::pow(10.0, static_cast<double>(std::min<int64_t>(-precision, 400)));
        return std::nearbyint(number / unit) * unit;
    }
    FormatSpec spec;
    spec.type = 'f';
    spec.precision = static_cast<size_t>(precision);
    return *parse_float(format_float(runtime, number, spec));
}

Value round_integer(int64_t number, int64_t precision)
{
    if (precision >= 0)
        return Value(number);
    if (precision < -18)
        return Value(0);
    int64_t unit = 1;
    for (int64_t i = precision; i < 0; ++i)
        unit *= 10;
    const int64_t remainder = ((number % unit) + unit) % unit;
    const int64_t below = number - remainder;
    const bool up = remainder * 2 > unit || (remainder * 2 == unit && (below / unit) % 2 != 0);
    return Value(up ? below + unit : below);
}

Value round(Runtime& runtime, const Value& value, const Bound& arguments)
{
    require_defined(value);
    const int64_t precision = arguments.integer(0, 0);
    const std::string method = arguments[1] ? arguments.text(1).bytes : "common";
    if (method != "common" && method != "ceil" && method != "floor")
        raise(Fault::filter_argument, "method must be common, ceil or floor");
    const auto number = as_number(value);
    if (!number)
        raise(Fault::type, {"type ", type_name(value), " doesn't define __round__ method"});
    if (method == "common")
        return as_integer(value) ? round_integer(*as_integer(value), precision)
                                 : Value(round_half_even(runtime, *number, precision));
    const double unit = std::pow(10.0, static_cast<double>(std::clamp<int64_t>(precision, -300, 300)));
    return Value((method == "ceil" ? std::ceil(*number * unit) : std::floor(*number * unit)) / unit);
}

Value filesizeformat(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const auto bytes = value.text() ? parse_float(value.text()->bytes) : as_number(value);
    if (!bytes)
        raise(Fault::value, {"could not convert ", repr(runtime.budget, value), " to float"});
    const bool binary = arguments.flag(0, false);
    const double base = binary ? 1024 : 1000;
    if (*bytes == 1)
        return runtime.text(std::string("1 Byte"));
    FormatSpec spec;
    spec.type = 'f';
    if (*bytes < base) {
        spec.precision = 0;
        return runtime.text(format_float(runtime, std::trunc(*bytes), spec) + " Bytes");
    }
    spec.precision = 1;
    const std::string_view prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
    double unit = base;
    size_t prefix = 0;
    for (; *bytes >= unit * base && prefix + 1 < prefixes.size(); ++prefix)
        unit *= base;
    return runtime.text(concat(
        {format_float(runtime, *bytes / unit, spec), " ", prefixes.substr(prefix, 1), binary ? "iB" : "B"}));
}

std::optional<std::string> json_indent(Runtime& runtime, const Value& value)
{
    if (value.is_none())
        return std::nullopt;
    if (const Text* text = value.text())
        return text->bytes;
    const auto width = as_integer(value);
    if (!width)
        raise(Fault::type, "indent must be an integer, a string or None");
    const auto size = static_cast<size_t>(std::max<int64_t>(*width, 0));
    runtime.budget.allocate(size);
    return std::string(size, ' ');
}

void set_separators(JsonStyle& style, const Value& value)
{
    const Sequence* pair = value.sequence();
    if (!pair || pair->items.size() != 2 || !pair->items[0].text() || !pair->items[1].text())
        raise(Fault::type, "separators must be two strings");
    style.item_separator = pair->items[0].text()->bytes;
    style.key_separator = pair->items[1].text()->bytes;
}

Value tojson(Runtime& runtime, const Value& value, const Bound& arguments)
{
    JsonStyle style;
    style.ensure_ascii = arguments.flag(0, false);
    style.indent = json_indent(runtime, arguments.value(1));
    if (style.indent)
        std::erase(style.item_separator, ' '); // a line break follows
    if (const Value separators = arguments.value(2); !separators.is_none())
        set_separators(style, separators);
    style.sort_keys = arguments.flag(3, false);
    return runtime.text(to_json(runtime, value, style));
}

Value pprint(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.text(repr(runtime.budget, value));
}

constexpr std::array<Builtin, 12> filters{{
    {{"default", {"default_value", "boolean"}}, default_value},
    {{"d", {"default_value", "boolean"}}, default_value},
    {{"length"}, length},
    {{"count"}, length},
    {{"tojson", {"ensure_ascii", "indent", "separators", "sort_keys"}}, tojson},
    {{"attr", {"name"}, 1}, attribute},
    {{"abs"}, absolute},
    {{"int", {"default", "base"}}, integer},
    {{"float", {"default"}}, floating},
    {{"round", {"precision", "method"}}, round},
    {{"filesizeformat", {"binary"}}, filesizeformat},
    {{"pprint", {"verbose"}}, pprint},
}};

} // namespace

std::span<const Builtin> value_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
