#include "unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace rocmforge::jinja {

namespace {

bool is_continuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

utf8proc_category_t category(char32_t code)
{
    return utf8proc_category(static_cast<utf8proc_int32_t>(code));
}

char32_t decode(std::string_view bytes)
{
    utf8proc_int32_t code = -1;
    const auto size = static_cast<utf8proc_ssize_t>(bytes.size());
    const auto used = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()), size, &code);
    return used == size && code >= 0 ? static_cast<char32_t>(code) : U'\uFFFD';
}

/// Characters whose upper case is more than one (Unicode's SpecialCasing.txt, the common ones).
struct SpecialUpper {
    char32_t code;
    std::string_view upper;
    std::string_view title;
};
constexpr std::array<SpecialUpper, 9> special_upper{{
    {U'\u00DF', "SS", "Ss"},
    {U'\u0149', "\u02BCN", "\u02BCN"},
    {U'\u01F0', "J\u030C", "J\u030C"},
    {U'\u0587', "\u0535\u0552", "\u0535\u0582"},
    {U'\uFB00', "FF", "Ff"},
    {U'\uFB01', "FI", "Fi"},
    {U'\uFB02', "FL", "Fl"},
    {U'\uFB03', "FFI", "Ffi"},
    {U'\uFB04', "FFL", "Ffl"},
}};

const SpecialUpper* find_special_upper(char32_t code)
{
    const auto found = std::ranges::find(special_upper, code, &SpecialUpper::code);
    return found == special_upper.end() ? nullptr : &*found;
}

} // namespace

Character character_at(std::string_view text, size_t offset)
{
    if (static_cast<unsigned char>(text[offset]) < 0x80
        && (offset + 1 == text.size() || !is_continuation(text[offset + 1])))
        return {static_cast<unsigned char>(text[offset]), 1};
    size_t end = offset + 1;
    while (end < text.size() && is_continuation(text[end]))
        ++end;
    return {decode(text.substr(offset, end - offset)), end - offset};
}

size_t count_characters(std::string_view text)
{
    if (text.empty())
        return 0;
    const auto starts = std::ranges::count_if(text, [](char byte) { return !is_continuation(byte); });
    return static_cast<size_t>(starts) + (is_continuation(text.front()) ? 1 : 0);
}

size_t offset_of_character(std::string_view text, size_t index)
{
    size_t offset = 0;
    for (; index > 0 && offset < text.size(); --index)
        offset += character_at(text, offset).bytes;
    return offset;
}

size_t previous_character(std::string_view text, size_t offset)
{
    do
        --offset;
    while (offset > 0 && is_continuation(text[offset]));
    return offset;
}

void append_utf8(std::string& out, char32_t code)
{
    std::array<utf8proc_uint8_t, 4> bytes{};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    const auto valid = surrogate || code > 0x10FFFF ? 0xFFFD : static_cast<utf8proc_int32_t>(code);
    const auto size = utf8proc_encode_char(valid, bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(size));
}

bool is_space(char32_t code)
{
    return (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0
        || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029
        || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_alphabetic(char32_t code)
{
    const auto c = category(code);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

bool is_decimal(char32_t code)
{
    return category(code) == UTF8PROC_CATEGORY_ND;
}

bool is_digit(char32_t code)
{
    return is_decimal(code) || code == 0xB2 || code == 0xB3 || code == 0xB9 || code == 0x2070
        || (code >= 0x2074 && code <= 0x2079) || (code >= 0x2080 && code <= 0x2089)
        || (code >= 0x2460 && code <= 0x2468);
}

bool is_numeric(char32_t code)
{
    const auto c = category(code);
    return c == UTF8PROC_CATEGORY_ND || c == UTF8PROC_CATEGORY_NL || c == UTF8PROC_CATEGORY_NO;
}

bool is_alphanumeric(char32_t code)
{
    return is_alphabetic(code) || is_numeric(code);
}

bool is_printable(char32_t code)
{
    if (code == ' ')
        return true;
    const auto c = category(code);
    return c != UTF8PROC_CATEGORY_CN && (c < UTF8PROC_CATEGORY_ZS || c > UTF8PROC_CATEGORY_CO);
}

bool is_upper(char32_t code)
{
    return category(code) == UTF8PROC_CATEGORY_LU;
}

bool is_lower(char32_t code)
{
    return category(code) == UTF8PROC_CATEGORY_LL;
}

bool is_cased(char32_t code)
{
    return is_upper(code) || is_lower(code) || category(code) == UTF8PROC_CATEGORY_LT;
}

void append_upper(std::string& out, char32_t code)
{
    if (const SpecialUpper* special = find_special_upper(code))
        out += special->upper;
    else
        append_utf8(out, static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(code))));
}

void append_lower(std::string& out, char32_t code)
{
    append_utf8(out, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code))));
}

void append_title(std::string& out, char32_t code)
{
    if (const SpecialUpper* special = find_special_upper(code))
        out += special->title;
    else
        append_utf8(out, static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(code))));
}

std::string to_upper(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        append_upper(out, character.code);
        at += character.bytes;
    }
    return out;
}

std::string to_lower(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        append_lower(out, character.code);
        at += character.bytes;
    }
    return out;
}

std::string_view strip_left(std::string_view text)
{
    while (!text.empty()) {
        const Character first = character_at(text, 0);
        if (!is_space(first.code))
            break;
        text.remove_prefix(first.bytes);
    }
    return text;
}

std::string_view strip_right(std::string_view text)
{
    while (!text.empty()) {
        const size_t last = previous_character(text, text.size());
        if (!is_space(character_at(text, last).code))
            break;
        text = text.substr(0, last);
    }
    return text;
}

} // namespace rocmforge::jinja
