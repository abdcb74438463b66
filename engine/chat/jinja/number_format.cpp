#include "number_format.h"

#include "concat.h"
#include "printing.h"
#include "unicode.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace rocmforge::jinja {

namespace {

constexpr std::string_view alignments = "<>=^";

std::string_view name_of(const char& type)
{
    return {&type, 1};
}

/// Takes characters off the front of a specification.
class SpecReader {
public:
    explicit SpecReader(std::string_view rest)
        : rest_(rest)
    {
    }

    /// The next character if it is one of these, else 0.
    char take(std::string_view accepted)
    {
        if (rest_.empty() || accepted.find(rest_.front()) == std::string_view::npos)
            return 0;
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }

    std::optional<size_t> take_number()
    {
        size_t number = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (error == std::errc::result_out_of_range || number > 1'000'000'000)
            raise(Fault::value, "Too many decimal digits in format string");
        if (error != std::errc())
            return std::nullopt;
        rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
        return number;
    }

    /// A fill character in front of an alignment.
    void take_alignment(FormatSpec& spec)
    {
        if (rest_.empty())
            return;
        const size_t bytes = character_at(rest_, 0).bytes;
        if (bytes < rest_.size() && alignments.find(rest_[bytes]) != std::string_view::npos) {
            spec.fill = character_at(rest_, 0).code;
            rest_.remove_prefix(bytes);
        }
        spec.align = take(alignments);
    }

    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::string pad(Runtime& runtime, std::string_view sign, std::string_view body, const FormatSpec& spec,
                char default_align)
{
    const size_t length = count_characters(sign) + count_characters(body);
    const size_t missing = spec.width > length ? spec.width - length : 0;
    std::string fill;
    append_utf8(fill, spec.fill);
    runtime.budget.allocate(missing, fill.size());
    const char align = spec.align ? spec.align : default_align;
    const size_t left = align == '^' ? missing / 2 : align == '<' ? 0 : missing;
    const std::string before = repeated(fill, left);
    if (align == '=')
        return concat({sign, before, body});
    return concat({before, sign, body, repeated(fill, missing - left)});
}

std::string_view sign_of(bool negative, const FormatSpec& spec)
{
    if (negative)
        return "-";
    return spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
}

/// Separators between groups of digits in front of the point.
std::string grouped(std::string digits, char separator, size_t group)
{
    if (separator == 0)
        return digits;
    const size_t integral = std::min(digits.find_first_not_of("0123456789abcdefABCDEF"), digits.size());
    for (size_t at = integral; at > group; at -= group)
        digits.insert(at - group, 1, separator);
    return digits;
}

std::string in_base(uint64_t number, int base)
{
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, base);
    return {buffer.data(), result.ptr};
}

std::string upper_ascii(std::string text)
{
    for (char& c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

std::string chars_of(Runtime& runtime, double number, std::chars_format format, size_t precision)
{
    runtime.budget.allocate(precision);
    std::string buffer(precision + 400, '\0');
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format,
                                      static_cast<int>(precision));
    buffer.resize(static_cast<size_t>(result.ptr - buffer.data()));
    return buffer;
}

/// Digits of a number that is finite and not negative.
std::string float_digits(Runtime& runtime, double number, const FormatSpec& spec)
{
    const size_t precision = spec.precision.value_or(6);
    switch (spec.type) {
    case 'f':
    case 'F':
        return chars_of(runtime, number, std::chars_format::fixed, precision);
    case '%':
        return chars_of(runtime, number * 100, std::chars_format::fixed, precision) + '%';
    case 'e':
    case 'E':
        return chars_of(runtime, number, std::chars_format::scientific, precision);
    case 'g':
    case 'G':
    case 'n':
        return chars_of(runtime, number, std::chars_format::general, std::max<size_t>(precision, 1));
    case 0:
        break;
    default:
        raise(Fault::value, {"Unknown format code '", name_of(spec.type), "' for object of type 'float'"});
    }
    if (!spec.precision)
        return float_repr(number);
    const std::string digits =
        chars_of(runtime, number, std::chars_format::general, std::max<size_t>(precision, 1));
    return digits.find_first_of(".e") == std::string::npos ? digits + ".0" : digits;
}

std::string integer_prefix(const FormatSpec& spec)
{
    return spec.alternate && std::string_view("xXob").find(spec.type) != std::string_view::npos
        ? std::string{'0', spec.type}
        : std::string();
}

std::string integer_digits(uint64_t magnitude, const FormatSpec& spec)
{
    switch (spec.type) {
    case 'x':
        return in_base(magnitude, 16);
    case 'X':
        return upper_ascii(in_base(magnitude, 16));
    case 'o':
        return in_base(magnitude, 8);
    case 'b':
        return in_base(magnitude, 2);
    case 'd':
    case 'n':
    case 0:
        return in_base(magnitude, 10);
    default:
        raise(Fault::value, {"Unknown format code '", name_of(spec.type), "' for object of type 'int'"});
    }
}

bool is_float_type(char type)
{
    return type != 0 && std::string_view("eEfFgG%").find(type) != std::string_view::npos;
}

std::string format_number(Runtime& runtime, const Value& value, const FormatSpec& spec)
{
    const auto integer = as_integer(value);
    if (!integer || is_float_type(spec.type))
        return format_float(runtime, *as_number(value), spec);
    if (spec.precision)
        raise(Fault::value, "Precision not allowed in integer format specifier");
    if (spec.type == 'c') {
        std::string character;
        append_utf8(character, static_cast<char32_t>(*integer));
        return pad(runtime, "", character, spec, '<');
    }
    return format_integer(runtime, *integer, spec);
}

bool is_plain(const FormatSpec& spec)
{
    return spec.width == 0 && spec.type == 0 && !spec.precision && !spec.align && spec.sign == '-'
        && !spec.alternate && !spec.grouping;
}

} // namespace

FormatSpec parse_format_spec(std::string_view text)
{
    FormatSpec spec;
    SpecReader reader(text);
    reader.take_alignment(spec);
    if (const char sign = reader.take("+- "))
        spec.sign = sign;
    spec.alternate = reader.take("#") != 0;
    if (reader.take("0") && !spec.align) {
        spec.fill = U'0';
        spec.align = '=';
    }
    spec.width = reader.take_number().value_or(0);
    spec.grouping = reader.take(",_");
    if (reader.take(".")) {
        spec.precision = reader.take_number();
        if (!spec.precision)
            raise(Fault::value, "Format specifier missing precision");
    }
    if (reader.rest().size() > 1)
        raise(Fault::value, "Invalid format specifier");
    spec.type = reader.rest().empty() ? '\0' : reader.rest().front();
    return spec;
}

std::string format_value(Runtime& runtime, const Value& value, const FormatSpec& spec)
{
    if (is_plain(spec))
        return str(runtime.budget, value);
    if (as_number(value))
        return format_number(runtime, value, spec);
    if (const Text* text = value.text())
        return format_text(runtime, text->bytes, spec);
    raise(Fault::type, {"unsupported format string passed to ", type_name(value), ".__format__"});
}

std::string format_integer(Runtime& runtime, int64_t number, const FormatSpec& spec)
{
    const auto magnitude = number < 0 ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
    const bool decimal = spec.type == 0 || spec.type == 'd' || spec.type == 'n';
    const std::string digits = grouped(integer_digits(magnitude, spec), spec.grouping, decimal ? 3 : 4);
    return pad(runtime, concat({sign_of(number < 0, spec), integer_prefix(spec)}), digits, spec, '>');
}

std::string format_float(Runtime& runtime, double number, const FormatSpec& spec)
{
    std::string digits = std::isfinite(number)
        ? grouped(float_digits(runtime, std::abs(number), spec), spec.grouping, 3)
        : float_repr(std::abs(number));
    if (spec.type == 'E' || spec.type == 'F' || spec.type == 'G')
        digits = upper_ascii(std::move(digits));
    const bool negative = std::signbit(number) && !std::isnan(number);
    return pad(runtime, sign_of(negative, spec), digits, spec, '>');
}

std::string format_text(Runtime& runtime, std::string_view text, const FormatSpec& spec)
{
    if (spec.type != 0 && spec.type != 's')
        raise(Fault::value, {"Unknown format code '", name_of(spec.type), "' for object of type 'str'"});
    if (spec.align == '=' && spec.fill != U'0')
        raise(Fault::value, "'=' alignment not allowed in string format specifier");
    FormatSpec layout = spec;
    if (layout.align == '=')
        layout.align = '<';
    runtime.budget.scan(text.size());
    if (spec.precision)
        text = text.substr(0, offset_of_character(text, *spec.precision));
    return pad(runtime, "", text, layout, '<');
}

} // namespace rocmforge::jinja
