// Methods of text that change its case, its width or what surrounds it.
#include "concat.h"
#include "methods.h"
#include "search.h"
#include "strip.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

Value strip_method(Runtime& runtime, const Value& self, const Bound& arguments, Sides sides)
{
    const Text* characters = arguments.optional_text(0);
    const std::string_view bytes = self.text()->bytes;
    runtime.budget.scan(bytes.size());
    return runtime.text(characters ? strip(runtime.budget, bytes, characters->bytes, sides)
                                   : strip(bytes, sides));
}

Value text_strip(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return strip_method(runtime, self, arguments, Sides::both);
}

Value text_lstrip(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return strip_method(runtime, self, arguments, Sides::left);
}

Value text_rstrip(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return strip_method(runtime, self, arguments, Sides::right);
}

Value text_upper(Runtime& runtime, const Value& self, const Bound&)
{
    return runtime.text(to_upper(self.text()->bytes));
}

Value text_lower(Runtime& runtime, const Value& self, const Bound&)
{
    return runtime.text(to_lower(self.text()->bytes));
}

Value text_casefold(Runtime& runtime, const Value& self, const Bound&)
{
    return runtime.text(replace(runtime.budget, to_lower(self.text()->bytes), "\u00DF", "ss"));
}

Value text_capitalize(Runtime& runtime, const Value& self, const Bound&)
{
    return runtime.text(capitalize(self.text()->bytes));
}

/// The first letter of every run of letters in title case, the others in lower case.
Value text_title(Runtime& runtime, const Value& self, const Bound&)
{
    const std::string& bytes = self.text()->bytes;
    std::string out;
    bool inside_word = false;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        inside_word ? append_lower(out, character.code) : append_title(out, character.code);
        inside_word = is_cased(character.code);
        at += character.bytes;
    }
    return runtime.text(std::move(out));
}

Value text_swapcase(Runtime& runtime, const Value& self, const Bound&)
{
    const std::string& bytes = self.text()->bytes;
    std::string out;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        is_upper(character.code) ? append_lower(out, character.code) : append_upper(out, character.code);
        at += character.bytes;
    }
    return runtime.text(std::move(out));
}

std::string_view fill_character(const Bound& arguments)
{
    if (!arguments[1])
        return " ";
    if (arguments.text(1).length != 1)
        raise(Fault::type, "The fill character must be exactly one character long");
    return arguments.text(1).bytes;
}

/// How many fill characters bring the text to the width of argument 0. They are paid for here.
size_t padding(Runtime& runtime, const Text& text, const Bound& arguments, size_t fill_bytes)
{
    const int64_t missing = arguments.integer(0, 0) - static_cast<int64_t>(text.length);
    const auto count = static_cast<size_t>(std::max<int64_t>(missing, 0));
    runtime.budget.allocate(count, fill_bytes);
    return count;
}

Value text_ljust(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string_view fill = fill_character(arguments);
    return runtime.text(self.text()->bytes
                        + repeated(fill, padding(runtime, *self.text(), arguments, fill.size())));
}

Value text_rjust(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string_view fill = fill_character(arguments);
    return runtime.text(repeated(fill, padding(runtime, *self.text(), arguments, fill.size()))
                        + self.text()->bytes);
}

Value text_center(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string_view fill = fill_character(arguments);
    const size_t count = padding(runtime, *self.text(), arguments, fill.size());
    // An odd rest goes to the left where the width is odd, as in CPython.
    const size_t left = count / 2 + (count & static_cast<size_t>(arguments.integer(0, 0)) & 1);
    return runtime.text(repeated(fill, left) + self.text()->bytes + repeated(fill, count - left));
}

Value text_zfill(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string& bytes = self.text()->bytes;
    const size_t sign = bytes.starts_with('+') || bytes.starts_with('-') ? 1 : 0;
    const std::string zeros = repeated("0", padding(runtime, *self.text(), arguments, 1));
    return runtime.text(bytes.substr(0, sign) + zeros + bytes.substr(sign));
}

Value text_expandtabs(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const auto tab = static_cast<size_t>(std::max<int64_t>(arguments.integer(0, 8), 0));
    const std::string& bytes = self.text()->bytes;
    std::string out;
    size_t column = 0;
    for (size_t at = 0; at < bytes.size();) {
        const Character character = character_at(bytes, at);
        if (character.code == '\t') {
            const size_t spaces = tab == 0 ? 0 : tab - column % tab;
            runtime.budget.allocate(spaces);
            out.append(spaces, ' ');
            column += spaces;
        } else {
            out.append(bytes, at, character.bytes);
            column = character.code == '\n' || character.code == '\r' ? 0 : column + 1;
        }
        at += character.bytes;
    }
    return runtime.text(std::move(out));
}

constexpr std::array<Builtin, 14> methods{{
    {{"strip", {"chars"}}, text_strip},
    {{"lstrip", {"chars"}}, text_lstrip},
    {{"rstrip", {"chars"}}, text_rstrip},
    {{"upper"}, text_upper},
    {{"lower"}, text_lower},
    {{"title"}, text_title},
    {{"capitalize"}, text_capitalize},
    {{"swapcase"}, text_swapcase},
    {{"casefold"}, text_casefold},
    {{"ljust", {"width", "fillchar"}, 1}, text_ljust},
    {{"rjust", {"width", "fillchar"}, 1}, text_rjust},
    {{"center", {"width", "fillchar"}, 1}, text_center},
    {{"zfill", {"width"}, 1}, text_zfill},
    {{"expandtabs", {"tabsize"}}, text_expandtabs},
}};

} // namespace

std::span<const Builtin> text_shape_methods()
{
    return methods;
}

} // namespace rocmforge::jinja
