// Methods of text that look for something in it.
#include "methods.h"
#include "search.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

/// The part of a text that a method's `start` and `end` select.
struct Window {
    std::string_view bytes;
    size_t first = 0; ///< its first character's index in the text
    bool exists = true; ///< false where start lies behind the end of the text
};

int64_t bound_at(const Bound& arguments, size_t parameter, int64_t length, int64_t fallback)
{
    const bool given = arguments[parameter] && !arguments[parameter]->is_none();
    const int64_t index = given ? arguments.integer(parameter, fallback) : fallback;
    return std::max<int64_t>(index < 0 ? index + length : index, 0);
}

Window window(Runtime& runtime, const Text& text, const Bound& arguments, size_t start_parameter)
{
    if (!arguments[start_parameter])
        return {text.bytes};
    const auto length = static_cast<int64_t>(text.length);
    const int64_t start = bound_at(arguments, start_parameter, length, 0);
    const int64_t end = std::min(bound_at(arguments, start_parameter + 1, length, length), length);
    if (start > length || start > end)
        return {{}, 0, false};
    runtime.budget.scan(text.bytes.size());
    const size_t from = offset_of_character(text.bytes, static_cast<size_t>(start));
    const std::string_view rest = std::string_view(text.bytes).substr(from);
    return {rest.substr(0, offset_of_character(rest, static_cast<size_t>(end - start))),
            static_cast<size_t>(start)};
}

using Search = size_t (*)(Budget&, std::string_view, std::string_view);

size_t find_first(Budget& budget, std::string_view text, std::string_view pattern)
{
    return find(budget, text, pattern);
}

/// Index of the character found, or -1.
int64_t character_index(Runtime& runtime, const Value& self, const Bound& arguments, Search search)
{
    const Window part = window(runtime, *self.text(), arguments, 1);
    const std::string& pattern = arguments.text(0).bytes;
    const size_t at = part.exists ? search(runtime.budget, part.bytes, pattern) : npos;
    if (at == npos)
        return -1;
    return static_cast<int64_t>(part.first + count_characters(part.bytes.substr(0, at)));
}

Value found_or_raise(int64_t index)
{
    if (index < 0)
        raise(Fault::value, "substring not found");
    return Value(index);
}

Value text_find(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return Value(character_index(runtime, self, arguments, find_first));
}

Value text_rfind(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return Value(character_index(runtime, self, arguments, find_last));
}

Value text_index(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return found_or_raise(character_index(runtime, self, arguments, find_first));
}

Value text_rindex(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return found_or_raise(character_index(runtime, self, arguments, find_last));
}

Value text_count(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const Window part = window(runtime, *self.text(), arguments, 1);
    return Value(part.exists ? count(runtime.budget, part.bytes, arguments.text(0).bytes) : size_t{0});
}

/// One affix or a tuple of them.
bool has_affix(Runtime& runtime, const Value& self, const Bound& arguments, std::string_view method,
               bool (*test)(std::string_view, std::string_view))
{
    const Window part = window(runtime, *self.text(), arguments, 1);
    const auto matches = [&](const Value& affix) {
        if (!affix.text())
            raise(Fault::type, {method, " first arg must be str or a tuple of str, not ", type_name(affix)});
        runtime.budget.scan(affix.text()->bytes.size());
        return part.exists && test(part.bytes, affix.text()->bytes);
    };
    const Sequence* tuple = arguments[0]->sequence();
    if (tuple && tuple->kind == SequenceKind::tuple)
        return std::ranges::any_of(tuple->items, matches);
    return matches(*arguments[0]);
}

Value text_startswith(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return Value(
        has_affix(runtime, self, arguments, "startswith",
                  [](std::string_view text, std::string_view affix) { return text.starts_with(affix); }));
}

Value text_endswith(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return Value(
        has_affix(runtime, self, arguments, "endswith",
                  [](std::string_view text, std::string_view affix) { return text.ends_with(affix); }));
}

Value text_replace(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return runtime.text(replace(runtime.budget, self.text()->bytes, arguments.text(0).bytes,
                                arguments.text(1).bytes, arguments.integer(2, -1)));
}

Value text_removeprefix(Runtime& runtime, const Value& self, const Bound& arguments)
{
    std::string_view bytes = self.text()->bytes;
    if (bytes.starts_with(arguments.text(0).bytes))
        bytes.remove_prefix(arguments.text(0).bytes.size());
    return runtime.text(bytes);
}

Value text_removesuffix(Runtime& runtime, const Value& self, const Bound& arguments)
{
    std::string_view bytes = self.text()->bytes;
    if (bytes.ends_with(arguments.text(0).bytes))
        bytes.remove_suffix(arguments.text(0).bytes.size());
    return runtime.text(bytes);
}

constexpr std::array<Builtin, 10> methods{{
    {{"startswith", {"prefix", "start", "end"}, 1}, text_startswith},
    {{"endswith", {"suffix", "start", "end"}, 1}, text_endswith},
    {{"replace", {"old", "new", "count"}, 2}, text_replace},
    {{"find", {"sub", "start", "end"}, 1}, text_find},
    {{"rfind", {"sub", "start", "end"}, 1}, text_rfind},
    {{"index", {"sub", "start", "end"}, 1}, text_index},
    {{"rindex", {"sub", "start", "end"}, 1}, text_rindex},
    {{"count", {"sub", "start", "end"}, 1}, text_count},
    {{"removeprefix", {"prefix"}, 1}, text_removeprefix},
    {{"removesuffix", {"suffix"}, 1}, text_removesuffix},
}};

} // namespace

std::span<const Builtin> text_search_methods()
{
    return methods;
}

} // namespace rocmforge::jinja
