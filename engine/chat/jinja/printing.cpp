#include "printing.h"

#include "concat.h"
#include "dict.h"
#include "object.h"
#include "unicode.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace rocmforge::jinja {

namespace {

void append_hex(std::string& out, char prefix, char32_t code, int digits)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out += '\\';
    out += prefix;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        out += hex[(code >> shift) & 0xF];
}

void append_escaped(std::string& out, char32_t code, char quote)
{
    if (code == static_cast<unsigned char>(quote) || code == '\\')
        (out += '\\') += static_cast<char>(code);
    else if (code == '\n')
        out += "\\n";
    else if (code == '\r')
        out += "\\r";
    else if (code == '\t')
        out += "\\t";
    else if (is_printable(code))
        append_utf8(out, code);
    else if (code < 0x100)
        append_hex(out, 'x', code, 2);
    else if (code < 0x10000)
        append_hex(out, 'u', code, 4);
    else
        append_hex(out, 'U', code, 8);
}

void append_repr(Budget& budget, std::string& out, const Value& value);

void append_items(Budget& budget, std::string& out, const std::vector<Value>& items)
{
    for (size_t i = 0; i < items.size(); ++i) {
        if (i > 0)
            out += ", ";
        append_repr(budget, out, items[i]);
    }
}

void append_repr(Budget& budget, std::string& out, const Sequence& sequence)
{
    switch (sequence.kind) {
    case SequenceKind::list:
        out += '[';
        append_items(budget, out, sequence.items);
        out += ']';
        return;
    case SequenceKind::range:
        out += sequence.label;
        return;
    case SequenceKind::tuple:
    case SequenceKind::group:
        out += '(';
        append_items(budget, out, sequence.items);
        out += sequence.items.size() == 1 ? ",)" : ")";
        return;
    default:
        out += type_name(sequence.kind);
        out += "([";
        append_items(budget, out, sequence.items);
        out += "])";
    }
}

void append_repr(Budget& budget, std::string& out, const Dict& dict)
{
    out += '{';
    bool first = true;
    for (const Dict::Entry& entry : dict.entries()) {
        if (!first)
            out += ", ";
        first = false;
        append_repr(budget, out, entry.key);
        out += ": ";
        append_repr(budget, out, entry.value);
    }
    out += '}';
}

void append_scalar(Budget& budget, std::string& out, const Value& value)
{
    if (value.is_none())
        out += "None";
    else if (const bool* boolean = value.boolean())
        out += *boolean ? "True" : "False";
    else if (const int64_t* integer = value.integer())
        out += std::to_string(*integer);
    else if (const double* floating = value.floating())
        out += float_repr(*floating);
    else if (Object* object = value.object())
        out += object->repr(budget);
}

// What is printed is paid for as it grows: a small value can hold one list many times over.
void append_repr(Budget& budget, std::string& out, const Value& value)
{
    const Budget::Level level(budget);
    budget.step();
    const size_t before = out.size();
    if (const Text* text = value.text())
        out += text->kind == TextKind::markup ? concat({"Markup(", in_quotes(text->bytes), ")"})
                                              : in_quotes(text->bytes);
    else if (const Sequence* sequence = value.sequence())
        append_repr(budget, out, *sequence);
    else if (const Dict* dict = value.dict())
        append_repr(budget, out, *dict);
    else if (value.undefined())
        out += "Undefined";
    else
        append_scalar(budget, out, value);
    if (!value.sequence() && !value.dict())
        budget.allocate(out.size() - before);
}

/// The number 1.234e5, given as "1234" and 5, as Python writes it.
std::string laid_out(std::string_view digits, int exponent)
{
    std::string out(digits.substr(0, 1));
    if (exponent < -4 || exponent >= 16) {
        if (digits.size() > 1)
            (out += '.') += digits.substr(1);
        out += exponent < 0 ? "e-" : "e+";
        const std::string number = std::to_string(std::abs(exponent));
        return concat({out, number.size() < 2 ? "0" : "", number});
    }
    if (exponent < 0)
        return concat({"0.", std::string(static_cast<size_t>(-exponent - 1), '0'), digits});
    const auto integral = static_cast<size_t>(exponent) + 1;
    if (digits.size() <= integral)
        return concat({digits, std::string(integral - digits.size(), '0'), ".0"});
    return concat({digits.substr(0, integral), ".", digits.substr(integral)});
}

} // namespace

void append_str(Budget& budget, std::string& out, const Value& value)
{
    if (const Text* text = value.text())
        out += text->bytes;
    else if (!value.undefined())
        append_repr(budget, out, value);
}

std::string str(Budget& budget, const Value& value)
{
    std::string out;
    append_str(budget, out, value);
    return out;
}

std::string repr(Budget& budget, const Value& value)
{
    std::string out;
    append_repr(budget, out, value);
    return out;
}

std::string in_quotes(std::string_view text)
{
    const bool use_double =
        text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = use_double ? '"' : '\'';
    std::string out(1, quote);
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        append_escaped(out, character.code, quote);
        at += character.bytes;
    }
    return out + quote;
}

std::string float_repr(double number)
{
    if (std::isnan(number))
        return "nan";
    if (std::isinf(number))
        return number < 0 ? "-inf" : "inf";
    std::array<char, 32> buffer{};
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(number),
                                            std::chars_format::scientific);
    const std::string_view written(buffer.data(), static_cast<size_t>(end - buffer.data()));
    const size_t e = written.find('e');
    std::string digits(written.substr(0, e));
    std::erase(digits, '.');
    const int exponent = std::atoi(std::string(written.substr(e + 1)).c_str());
    return concat({std::signbit(number) ? "-" : "", laid_out(digits, exponent)});
}

std::string undefined_message(const Undefined& undefined)
{
    if (!undefined.hint.empty())
        return undefined.hint;
    const Text* name = undefined.name.text();
    if (undefined.owner.empty() && name)
        return concat({in_quotes(name->bytes), " is undefined"});
    const std::string owner =
        undefined.owner == "NoneType" ? std::string("None") : concat({undefined.owner, " object"});
    if (name)
        return concat({in_quotes(owner), " has no attribute ", in_quotes(name->bytes)});
    Budget budget{Limits{}};
    return concat({owner, " has no element ", repr(budget, undefined.name)});
}

} // namespace rocmforge::jinja
