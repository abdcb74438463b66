#include "number_parse.h"

#include "strip.h"
#include "unicode.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace rocmforge::jinja {

namespace {

int base_of_prefix(std::string_view digits)
{
    if (digits.size() < 3 || digits[0] != '0')
        return 10;
    switch (digits[1] | 0x20) {
    case 'x':
        return 16;
    case 'o':
        return 8;
    case 'b':
        return 2;
    default:
        return 10;
    }
}

/// Removes single underscores between digits; none where they stand elsewhere.
std::optional<std::string> joined_digits(std::string_view text)
{
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_')
            out += text[i];
        else if (i == 0 || i + 1 == text.size() || text[i - 1] == '_')
            return std::nullopt;
    }
    return out;
}

bool take_sign(std::string_view& text)
{
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    return negative;
}

} // namespace

std::optional<int64_t> parse_integer(std::string_view text, int base)
{
    text = strip(text);
    const bool negative = take_sign(text);
    const int prefix = base_of_prefix(text);
    if (prefix != 10 && (base == prefix || base == 0)) {
        text.remove_prefix(text[2] == '_' ? 3 : 2);
        base = prefix;
    }
    base = base == 0 ? 10 : base;
    const auto digits = joined_digits(text);
    if (!digits || digits->empty() || base < 2 || base > 36)
        return std::nullopt;
    uint64_t magnitude = 0;
    const char* last = digits->data() + digits->size();
    const auto [end, error] = std::from_chars(digits->data(), last, magnitude, base);
    constexpr auto most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    if (error != std::errc() || end != last || magnitude > most)
        return std::nullopt;
    return negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

std::optional<double> parse_float(std::string_view text)
{
    text = strip(text);
    const bool negative = take_sign(text);
    const auto digits = joined_digits(text);
    if (!digits || digits->empty() || digits->front() == '-')
        return std::nullopt;
    double number = 0;
    const char* last = digits->data() + digits->size();
    const auto [end, error] = std::from_chars(digits->data(), last, number);
    if (end != last || (error != std::errc() && error != std::errc::result_out_of_range))
        return std::nullopt;
    if (error == std::errc::result_out_of_range)
        number = digits->find("e-") == std::string::npos ? std::numeric_limits<double>::infinity() : 0;
    return negative ? -number : number;
}

std::optional<int64_t> truncated(double number)
{
    constexpr double limit = 9223372036854775808.0; // 2^63
    if (!(number > -limit && number < limit))
        return std::nullopt;
    return static_cast<int64_t>(number);
}

} // namespace rocmforge::jinja
