#include "date_format.h"

#include <array>

namespace rocmforge::jinja {

namespace {

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

std::string_view day_name(const std::tm& date)
{
    return days[static_cast<size_t>(date.tm_wday) % days.size()];
}

std::string_view month_name(const std::tm& date)
{
    return months[static_cast<size_t>(date.tm_mon) % months.size()];
}

int hour_of_twelve(const std::tm& date)
{
    return date.tm_hour % 12 == 0 ? 12 : date.tm_hour % 12;
}

std::string padded(int number, size_t width, char fill)
{
    std::string digits = std::to_string(number);
    if (fill != 0 && digits.size() < width)
        digits.insert(0, width - digits.size(), fill);
    return digits;
}

/// A directive that is other directives in a row; empty for one that is not.
std::string_view composition(char directive)
{
    switch (directive) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
    case 'R':
        return "%H:%M";
    case 'r':
        return "%I:%M:%S %p";
    case 'T':
    case 'X':
        return "%H:%M:%S";
    default:
        return {};
    }
}

/// A directive that is a number; empty for one that is not. `fill` is 0 where "-" took it away.
std::string number(const std::tm& date, char directive, char fill)
{
    switch (directive) {
    case 'Y':
        return std::to_string(date.tm_year + 1900);
    case 'C':
        return padded((date.tm_year + 1900) / 100, 2, fill);
    case 'y':
        return padded(date.tm_year % 100, 2, fill);
    case 'm':
        return padded(date.tm_mon + 1, 2, fill);
    case 'd':
        return padded(date.tm_mday, 2, fill);
    case 'e':
        return padded(date.tm_mday, 2, fill ? ' ' : '\0');
    case 'H':
        return padded(date.tm_hour, 2, fill);
    case 'I':
        return padded(hour_of_twelve(date), 2, fill);
    case 'M':
        return padded(date.tm_min, 2, fill);
    case 'S':
        return padded(date.tm_sec, 2, fill);
    case 'f':
        return padded(0, 6, '0');
    case 'j':
        return padded(date.tm_yday + 1, 3, fill);
    case 'U':
        return padded((date.tm_yday + 7 - date.tm_wday) / 7, 2, fill);
    case 'W':
        return padded((date.tm_yday + 7 - (date.tm_wday + 6) % 7) / 7, 2, fill);
    case 'u':
        return std::to_string(date.tm_wday == 0 ? 7 : date.tm_wday);
    case 'w':
        return std::to_string(date.tm_wday);
    default:
        return {};
    }
}

/// Everything else; the directive itself where it is unknown.
std::string name(const std::tm& date, char directive)
{
    switch (directive) {
    case 'A':
        return std::string(day_name(date));
    case 'a':
        return std::string(day_name(date).substr(0, 3));
    case 'B':
        return std::string(month_name(date));
    case 'b':
    case 'h':
        return std::string(month_name(date).substr(0, 3));
    case 'p':
        return date.tm_hour < 12 ? "AM" : "PM";
    case 'n':
        return "\n";
    case 't':
        return "\t";
    case '%':
        return "%";
    case 'z':
    case 'Z':
        return {}; // Python gives nothing for a time that knows no zone
    default:
        return std::string("%") + directive;
    }
}

std::string expanded(const std::tm& date, char directive, char fill)
{
    if (const std::string_view parts = composition(directive); !parts.empty())
        return format_date(date, parts);
    const std::string digits = number(date, directive, fill);
    return digits.empty() ? name(date, directive) : digits;
}

} // namespace

std::string format_date(const std::tm& date, std::string_view format)
{
    std::string out;
    for (size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        const bool unpadded = format[i + 1] == '-' && i + 2 < format.size();
        i += unpadded ? 2 : 1;
        out += expanded(date, format[i], unpadded ? '\0' : '0');
    }
    return out;
}

} // namespace rocmforge::jinja
