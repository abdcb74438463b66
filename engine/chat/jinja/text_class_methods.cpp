// Methods of text that tell what it consists of.
#include "methods.h"
#include "unicode.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rocmforge::jinja {

namespace {

using Class = bool (*)(char32_t);

/// Whether every character is of the class; false for empty text.
bool all_are(const Value& self, Class member)
{
    const std::string& bytes = self.text()->bytes;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        if (!member(character.code))
            return false;
        at += character.bytes;
    }
    return !bytes.empty();
}

/// A builtin method from a class of characters.
template <Class member> Value text_is(Runtime& runtime, const Value& self, const Bound&)
{
    runtime.budget.scan(self.text()->bytes.size());
    return Value(all_are(self, member));
}

/// Some letters, and none of the other case.
bool is_in_case(const std::string& bytes, Class wanted)
{
    bool found = false;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        if (is_cased(character.code) && !wanted(character.code))
            return false;
        found = found || is_cased(character.code);
        at += character.bytes;
    }
    return found;
}

Value text_isupper(Runtime& runtime, const Value& self, const Bound&)
{
    runtime.budget.scan(self.text()->bytes.size());
    return Value(is_in_case(self.text()->bytes, is_upper));
}

Value text_islower(Runtime& runtime, const Value& self, const Bound&)
{
    runtime.budget.scan(self.text()->bytes.size());
    return Value(is_in_case(self.text()->bytes, is_lower));
}

/// Every run of letters begins with an upper-case one and has no other.
Value text_istitle(Runtime& runtime, const Value& self, const Bound&)
{
    const std::string& bytes = self.text()->bytes;
    runtime.budget.scan(bytes.size());
    bool inside_word = false, found = false;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        if (is_cased(character.code) && is_lower(character.code) != inside_word)
            return Value(false);
        inside_word = is_cased(character.code);
        found = found || inside_word;
        at += character.bytes;
    }
    return Value(found);
}

Value text_isascii(Runtime&, const Value& self, const Bound&)
{
    return Value(std::ranges::all_of(self.text()->bytes,
                                     [](char byte) { return static_cast<signed char>(byte) >= 0; }));
}

Value text_isprintable(Runtime& runtime, const Value& self, const Bound&)
{
    runtime.budget.scan(self.text()->bytes.size());
    return Value(self.text()->bytes.empty() || all_are(self, is_printable));
}

bool is_identifier_character(char32_t code)
{
    return code == '_' || is_alphanumeric(code);
}

Value text_isidentifier(Runtime& runtime, const Value& self, const Bound&)
{
    runtime.budget.scan(self.text()->bytes.size());
    return Value(all_are(self, is_identifier_character)
                 && !is_numeric(character_at(self.text()->bytes, 0).code));
}

constexpr std::array<Builtin, 12> methods{{
    {{"isalpha"}, text_is<is_alphabetic>},
    {{"isdigit"}, text_is<is_digit>},
    {{"isdecimal"}, text_is<is_decimal>},
    {{"isnumeric"}, text_is<is_numeric>},
    {{"isalnum"}, text_is<is_alphanumeric>},
    {{"isspace"}, text_is<is_space>},
    {{"isupper"}, text_isupper},
    {{"islower"}, text_islower},
    {{"istitle"}, text_istitle},
    {{"isascii"}, text_isascii},
    {{"isprintable"}, text_isprintable},
    {{"isidentifier"}, text_isidentifier},
}};

} // namespace

std::span<const Builtin> text_class_methods()
{
    return methods;
}

} // namespace rocmforge::jinja
