// Methods of text that take it apart or put it together.
#include "iteration.h"
#include "lines.h"
#include "markup.h"
#include "methods.h"
#include "search.h"
#include "string_format.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

using Pieces = std::vector<std::string_view>;

Value to_list(Runtime& runtime, const Pieces& pieces)
{
    std::vector<Value> items;
    items.reserve(pieces.size());
    for (const std::string_view piece : pieces)
        items.push_back(runtime.text(piece));
    return runtime.list(std::move(items));
}

Pieces split_at_spaces(std::string_view text, size_t most)
{
    Pieces pieces;
    for (text = strip_left(text); !text.empty(); text = strip_left(text)) {
        if (pieces.size() == most) {
            pieces.push_back(text);
            break;
        }
        size_t end = 0;
        while (end < text.size() && !is_space(character_at(text, end).code))
            end += character_at(text, end).bytes;
        pieces.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return pieces;
}

Pieces split_at_last_spaces(std::string_view text, size_t most)
{
    Pieces pieces;
    for (text = strip_right(text); !text.empty(); text = strip_right(text)) {
        if (pieces.size() == most) {
            pieces.push_back(text);
            break;
        }
        size_t start = text.size();
        while (start > 0 && !is_space(character_at(text, previous_character(text, start)).code))
            start = previous_character(text, start);
        pieces.push_back(text.substr(start));
        text = text.substr(0, start);
    }
    std::ranges::reverse(pieces);
    return pieces;
}

Pieces split_at(Budget& budget, std::string_view text, std::string_view separator, size_t most)
{
    Pieces pieces;
    while (pieces.size() < most) {
        const size_t at = find(budget, text, separator);
        if (at == npos)
            break;
        pieces.push_back(text.substr(0, at));
        text.remove_prefix(at + separator.size());
    }
    pieces.push_back(text);
    return pieces;
}

Pieces split_at_last(Budget& budget, std::string_view text, std::string_view separator, size_t most)
{
    const std::string reversed(text.rbegin(), text.rend());
    Pieces pieces = split_at(budget, reversed, std::string(separator.rbegin(), separator.rend()), most);
    for (std::string_view& piece : pieces) {
        const auto behind = static_cast<size_t>(piece.data() - reversed.data());
        piece = text.substr(text.size() - behind - piece.size(), piece.size());
    }
    std::ranges::reverse(pieces);
    return pieces;
}

/// The separator, null for white space.
const Text* separator_of(const Bound& arguments)
{
    const Text* separator = arguments.optional_text(0);
    if (separator && separator->bytes.empty())
        raise(Fault::value, "empty separator");
    return separator;
}

size_t most_splits(const Bound& arguments)
{
    const int64_t most = arguments.integer(1, -1);
    return most < 0 ? npos : static_cast<size_t>(most);
}

Value text_split(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string& bytes = self.text()->bytes;
    runtime.budget.scan(bytes.size());
    if (const Text* separator = separator_of(arguments))
        return to_list(runtime, split_at(runtime.budget, bytes, separator->bytes, most_splits(arguments)));
    return to_list(runtime, split_at_spaces(bytes, most_splits(arguments)));
}

Value text_rsplit(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string& bytes = self.text()->bytes;
    runtime.budget.scan(bytes.size());
    if (const Text* separator = separator_of(arguments))
        return to_list(runtime,
                       split_at_last(runtime.budget, bytes, separator->bytes, most_splits(arguments)));
    return to_list(runtime, split_at_last_spaces(bytes, most_splits(arguments)));
}

Value text_splitlines(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const LineEnds ends = arguments.flag(0, false) ? LineEnds::keep : LineEnds::drop;
    return to_list(runtime, split_lines(self.text()->bytes, ends));
}

Value parts(Runtime& runtime, std::string_view before, std::string_view separator, std::string_view after)
{
    return runtime.tuple({runtime.text(before), runtime.text(separator), runtime.text(after)});
}

Value text_partition(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string_view bytes = self.text()->bytes;
    const std::string_view separator = separator_of(arguments)->bytes;
    const size_t at = find(runtime.budget, bytes, separator);
    if (at == npos)
        return parts(runtime, bytes, "", "");
    return parts(runtime, bytes.substr(0, at), separator, bytes.substr(at + separator.size()));
}

Value text_rpartition(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::string_view bytes = self.text()->bytes;
    const std::string_view separator = separator_of(arguments)->bytes;
    const size_t at = find_last(runtime.budget, bytes, separator);
    if (at == npos)
        return parts(runtime, "", "", bytes);
    return parts(runtime, bytes.substr(0, at), separator, bytes.substr(at + separator.size()));
}

Value text_join(Runtime& runtime, const Value& self, const Bound& arguments)
{
    std::string out;
    size_t index = 0;
    Cursor cursor(runtime.budget, *arguments[0]);
    for (auto item = cursor.next(); item; item = cursor.next(), ++index) {
        if (is_markup(self))
            *item = escape(runtime, *item);
        if (!item->text())
            raise(Fault::type,
                  {"sequence item ", std::to_string(index), ": expected str instance, ", type_name(*item),
                   " found"});
        runtime.budget.allocate(item->text()->bytes.size() + self.text()->bytes.size());
        if (index > 0)
            out += self.text()->bytes;
        out += item->text()->bytes;
    }
    return runtime.text(std::move(out));
}

Value text_format(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return brace_format(runtime, *self.text(), arguments.all());
}

constexpr std::array<Builtin, 7> methods{{
    {{"split", {"sep", "maxsplit"}}, text_split},
    {{"join", {"iterable"}, 1}, text_join},
    {{"rsplit", {"sep", "maxsplit"}}, text_rsplit},
    {{"splitlines", {"keepends"}}, text_splitlines},
    {{"partition", {"sep"}, 1}, text_partition},
    {{"rpartition", {"sep"}, 1}, text_rpartition},
    {{"format", {}, 0, true}, text_format},
}};

} // namespace

std::span<const Builtin> text_split_methods()
{
    return methods;
}

} // namespace rocmforge::jinja
