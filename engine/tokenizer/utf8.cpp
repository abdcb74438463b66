#include "tokenizer/utf8.h"

namespace rocmforge::utf8 {

namespace {

constexpr char32_t replacement = 0xFFFD;

/// What a lead byte promises: how many bytes, and which second bytes are allowed (the Unicode
/// standard's table 3-7 rules out overlong forms and surrogates there).
struct Lead {
    size_t length = 0; ///< 0: not a lead byte
    uint8_t bits = 0; ///< of the code point
    uint8_t second_min = 0x80;
    uint8_t second_max = 0xBF;
};

Lead lead(uint8_t byte)
{
    if (byte < 0x80)
        return {1, byte};
    if (byte < 0xC2 || byte > 0xF4)
        return {};
    if (byte < 0xE0)
        return {2, uint8_t(byte & 0x1F)};
    if (byte < 0xF0)
        return {3, uint8_t(byte & 0x0F), uint8_t(byte == 0xE0 ? 0xA0 : 0x80),
                uint8_t(byte == 0xED ? 0x9F : 0xBF)};
    return {4, uint8_t(byte & 0x07), uint8_t(byte == 0xF0 ? 0x90 : 0x80),
            uint8_t(byte == 0xF4 ? 0x8F : 0xBF)};
}

} // namespace

Sequence next(std::string_view text, size_t at)
{
    const Lead first = lead(uint8_t(text[at]));
    if (first.length == 0)
        return {replacement, 1, Form::invalid};
    char32_t code_point = first.bits;
    for (size_t i = 1; i < first.length; ++i) {
        if (at + i == text.size())
            return {replacement, i, Form::truncated};
        const auto byte = uint8_t(text[at + i]);
        if (byte < (i == 1 ? first.second_min : 0x80) || byte > (i == 1 ? first.second_max : 0xBF))
            return {replacement, i, Form::invalid};
        code_point = code_point << 6 | (byte & 0x3F);
    }
    return {code_point, first.length, Form::valid};
}

bool is_valid(std::string_view text)
{
    for (size_t at = 0; at < text.size();) {
        const Sequence sequence = next(text, at);
        if (sequence.form != Form::valid)
            return false;
        at += sequence.length;
    }
    return true;
}

void append(std::string& text, char32_t code_point)
{
    const auto push = [&](char32_t byte) { text += char(uint8_t(byte)); };
    if (code_point < 0x80)
        return push(code_point);
    if (code_point < 0x800) {
        push(0xC0 | code_point >> 6);
    } else {
        if (code_point < 0x10000) {
            push(0xE0 | code_point >> 12);
        } else {
            push(0xF0 | code_point >> 18);
            push(0x80 | (code_point >> 12 & 0x3F));
        }
        push(0x80 | (code_point >> 6 & 0x3F));
    }
    push(0x80 | (code_point & 0x3F));
}

std::string with_replacements(std::string_view text)
{
    std::string valid;
    valid.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        const Sequence sequence = next(text, at);
        if (sequence.form == Form::valid)
            valid += text.substr(at, sequence.length);
        else
            append(valid, replacement);
        at += sequence.length;
    }
    return valid;
}

} // namespace rocmforge::utf8
