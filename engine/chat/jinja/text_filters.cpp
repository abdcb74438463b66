// Filters that change text.
#include "comparison.h"
#include "filters.h"
#include "printing.h"
#include "search.h"
#include "string_format.h"
#include "strip.h"
#include "unicode.h"

#include <array>

namespace rocmforge::jinja {

namespace {

std::string text_of(Runtime& runtime, const Value& value)
{
    runtime.budget.scan(value.text() ? value.text()->bytes.size() : 0);
    return str(runtime.budget, value);
}

TextKind kind_of(const Value& value)
{
    return value.text() ? value.text()->kind : TextKind::plain;
}

Value string(Runtime& runtime, const Value& value, const Bound&)
{
    return value.text() ? value : runtime.text(str(runtime.budget, value));
}

Value upper(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.text(to_upper(text_of(runtime, value)), kind_of(value));
}

Value lower(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.text(to_lower(text_of(runtime, value)), kind_of(value));
}

Value capitalized(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.text(capitalize(text_of(runtime, value)), kind_of(value));
}

bool separates_words(char32_t code)
{
    return code == '-' || code == '(' || code == '{' || code == '[' || code == '<' || is_space(code);
}

Value title(Runtime& runtime, const Value& value, const Bound&)
{
    const std::string text = text_of(runtime, value);
    std::string out;
    bool inside_word = false;
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        inside_word ? append_lower(out, character.code) : append_upper(out, character.code);
        inside_word = !separates_words(character.code);
        at += character.bytes;
    }
    return runtime.text(std::move(out));
}

Value trim(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const std::string text = text_of(runtime, value);
    const Text* characters = arguments.optional_text(0);
    return runtime.text(characters ? strip(runtime.budget, text, characters->bytes, Sides::both)
                                   : strip(text),
                        kind_of(value));
}

Value replaced(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const bool limited = arguments[2] && !arguments[2]->is_none();
    return runtime.text(replace(runtime.budget, text_of(runtime, value), str(runtime.budget, *arguments[0]),
                                str(runtime.budget, *arguments[1]), limited ? arguments.integer(2, -1) : -1));
}

Value formatted(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const Arguments& all = arguments.all();
    if (!all.positional.empty() && !all.named.empty())
        raise(Fault::filter_argument, "can't handle positional and keyword arguments at the same time");
    const Value format(text_of(runtime, value), kind_of(value));
    if (all.named.empty())
        return percent_format(runtime, *format.text(), runtime.tuple(all.positional));
    Dict named;
    for (const auto& [name, argument] : all.named)
        named.set(name, argument);
    return percent_format(runtime, *format.text(), runtime.dict(std::move(named)));
}

Value wordcount(Runtime& runtime, const Value& value, const Bound&)
{
    const std::string text = text_of(runtime, value);
    int64_t words = 0;
    bool inside_word = false;
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        const bool in_word = character.code == '_' || is_alphanumeric(character.code);
        words += in_word && !inside_word ? 1 : 0;
        inside_word = in_word;
        at += character.bytes;
    }
    return Value(words);
}

constexpr std::array<Builtin, 9> filters{{
    {{"trim", {"chars"}}, trim},
    {{"upper"}, upper},
    {{"lower"}, lower},
    {{"string"}, string},
    {{"title"}, title},
    {{"capitalize"}, capitalized},
    {{"replace", {"old", "new", "count"}, 2}, replaced},
    {{"format", {}, 0, true}, formatted},
    {{"wordcount"}, wordcount},
}};

} // namespace

std::span<const Builtin> text_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
