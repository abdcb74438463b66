// Filters that take sequences apart or join them.
#include "access.h"
#include "arithmetic.h"
#include "comparison.h"
#include "filters.h"
#include "iteration.h"
#include "printing.h"
#include "unicode.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace rocmforge::jinja {

namespace {

Value nothing(std::string_view hint)
{
    return Value(Undefined{{}, {}, std::string(hint)});
}

Value first(Runtime& runtime, const Value& value, const Bound&)
{
    return Cursor(runtime.budget, value).next().value_or(nothing("No first item, sequence was empty."));
}

void require_reversible(const Value& value)
{
    if (!value.text() && !value.sequence() && !value.dict() && !value.undefined())
        raise(Fault::type, {"'", type_name(value), "' object is not reversible"});
}

Value last(Runtime& runtime, const Value& value, const Bound&)
{
    require_reversible(value);
    if (const Sequence* sequence = value.sequence(); sequence && !sequence->items.empty())
        return sequence->items.back();
    if (const Text* text = value.text(); text && !text->bytes.empty())
        return runtime.text(text->bytes.substr(previous_character(text->bytes, text->bytes.size())));
    if (const Dict* dict = value.dict(); dict && !dict->empty())
        return dict->entries().back().key;
    return nothing("No last item, sequence was empty.");
}

Value random(Runtime& runtime, const Value& value, const Bound&)
{
    const std::vector<Value> items = items_of(runtime, value);
    if (items.empty())
        return nothing("No random item, sequence was empty.");
    const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
    return items[static_cast<size_t>(ticks / 100) % items.size()];
}

Value to_list(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.list(items_of(runtime, value));
}

Value join(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const std::string separator = arguments[0] ? str(runtime.budget, *arguments[0]) : "";
    const Value path = arguments.value(1);
    std::string out;
    bool is_first = true;
    Cursor cursor(runtime.budget, value);
    while (auto item = cursor.next()) {
        const size_t before = out.size();
        if (!is_first)
            out += separator;
        append_str(runtime.budget, out, path.is_none() ? *item : get_path(runtime, *item, path));
        runtime.budget.allocate(out.size() - before);
        is_first = false;
    }
    return runtime.text(std::move(out));
}

Value reversed_text(Runtime& runtime, const Text& text)
{
    std::string out;
    out.reserve(text.bytes.size());
    for (size_t at = text.bytes.size(); at > 0;) {
        const size_t begin = previous_character(text.bytes, at);
        out.append(text.bytes, begin, at - begin);
        at = begin;
    }
    return runtime.text(std::move(out), text.kind);
}

Value reverse(Runtime& runtime, const Value& value, const Bound&)
{
    if (const Text* text = value.text())
        return reversed_text(runtime, *text);
    if (!is_iterable(value))
        raise(Fault::filter_argument, "argument must be iterable");
    std::vector<Value> items = items_of(runtime, value);
    std::ranges::reverse(items);
    return runtime.generator(std::move(items));
}

Value sum(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const Value path = arguments.value(0);
    Value total = arguments.value(1, Value(0));
    if (total.text())
        raise(Fault::type, "sum() can't sum strings [use ''.join(seq) instead]");
    Cursor cursor(runtime.budget, value);
    while (const auto item = cursor.next())
        total = arithmetic(runtime, BinaryOperator::add, total,
                           path.is_none() ? *item : get_path(runtime, *item, path));
    return total;
}

/// Rows of so many items; the last one filled up where a filling is given.
Value batch(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const int64_t count = arguments.integer(0, 1);
    const Value filling = arguments.value(1);
    std::vector<Value> rows, row;
    Cursor cursor(runtime.budget, value);
    while (auto item = cursor.next()) {
        if (static_cast<int64_t>(row.size()) == count)
            rows.push_back(runtime.list(std::exchange(row, {})));
        row.push_back(*std::move(item));
    }
    if (!row.empty()) {
        const int64_t missing = std::max<int64_t>(count - static_cast<int64_t>(row.size()), 0);
        if (!filling.is_none()) {
            runtime.budget.allocate(static_cast<size_t>(missing), sizeof(Value));
            row.insert(row.end(), static_cast<size_t>(missing), filling);
        }
        rows.push_back(runtime.list(std::move(row)));
    }
    return runtime.generator(std::move(rows));
}

/// So many columns, the first ones longer by one where they do not come out even.
Value slice(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const std::vector<Value> items = items_of(runtime, value);
    const int64_t count = arguments.integer(0, 1);
    const Value filling = arguments.value(1);
    if (count == 0)
        raise(Fault::zero_division, "integer division or modulo by zero");
    runtime.budget.allocate(static_cast<size_t>(std::max<int64_t>(count, 0)), sizeof(Value));
    const auto size = static_cast<int64_t>(items.size());
    std::vector<Value> columns;
    auto at = items.begin();
    for (int64_t i = 0; i < count; ++i) {
        const bool longer = i < size % count;
        const auto end = at + size / count + (longer ? 1 : 0);
        std::vector<Value> column(at, end);
        if (!filling.is_none() && !longer)
            column.push_back(filling);
        columns.push_back(runtime.list(std::move(column)));
        at = end;
    }
    return runtime.generator(std::move(columns));
}

Value items(Runtime& runtime, const Value& value, const Bound&)
{
    std::vector<Value> pairs;
    if (value.undefined())
        return runtime.generator({});
    if (!value.dict())
        raise(Fault::type, "Can only get item pairs from a mapping.");
    for (const auto& [key, entry] : value.dict()->entries())
        pairs.push_back(runtime.tuple({key, entry}));
    return runtime.generator(std::move(pairs));
}

constexpr std::array<Builtin, 10> filters{{
    {{"first"}, first},
    {{"last"}, last},
    {{"list"}, to_list},
    {{"join", {"d", "attribute"}}, join},
    {{"items"}, items},
    {{"reverse"}, reverse},
    {{"sum", {"attribute", "start"}}, sum},
    {{"batch", {"linecount", "fill_with"}, 1}, batch},
    {{"slice", {"slices", "fill_with"}, 1}, slice},
    {{"random"}, random},
}};

} // namespace

std::span<const Builtin> sequence_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
