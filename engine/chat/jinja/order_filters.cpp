// Filters that compare items: sorting, grouping, extremes, duplicates.
#include "access.h"
#include "comparison.h"
#include "filters.h"
#include "iteration.h"
#include "stable_sort.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

enum class Case { sensitive, ignored };

/// What an item is compared by.
Value sort_key(Runtime& runtime, const Value& item, const Value& path, Case letters,
               const Value& fallback = Value())
{
    Value key = path.is_none() ? item : get_path(runtime, item, path);
    if (key.undefined() && !fallback.is_none())
        key = fallback;
    if (key.text() && letters == Case::ignored)
        return runtime.text(to_lower(key.text()->bytes));
    return key;
}

Case case_of(const Bound& arguments, size_t parameter)
{
    return arguments.flag(parameter, false) ? Case::sensitive : Case::ignored;
}

struct Keyed {
    Value key;
    Value item;
};

/// Stable, also backwards.
void sort_by_key(Budget& budget, std::vector<Keyed>& items, bool descending)
{
    stable_sort(items, [&](const Keyed& a, const Keyed& b) {
        return descending ? less(budget, b.key, a.key) : less(budget, a.key, b.key);
    });
}

std::vector<Value> without_keys(std::vector<Keyed> keyed)
{
    std::vector<Value> items;
    items.reserve(keyed.size());
    for (Keyed& entry : keyed)
        items.push_back(std::move(entry.item));
    return items;
}

std::vector<Value> split_paths(const Text& paths)
{
    std::vector<Value> out;
    size_t begin = 0;
    for (size_t comma = paths.bytes.find(','); comma != std::string::npos;
         comma = paths.bytes.find(',', begin)) {
        out.push_back(Value(paths.bytes.substr(begin, comma - begin)));
        begin = comma + 1;
    }
    out.push_back(Value(paths.bytes.substr(begin)));
    return out;
}

/// "age,name" sorts by one and then by the other.
Value sort_keys(Runtime& runtime, const Value& item, const Value& paths, Case letters)
{
    if (!paths.text())
        return sort_key(runtime, item, paths, letters);
    std::vector<Value> keys;
    for (const Value& path : split_paths(*paths.text()))
        keys.push_back(sort_key(runtime, item, path, letters));
    return runtime.list(std::move(keys));
}

Value sort(Runtime& runtime, const Value& value, const Bound& arguments)
{
    std::vector<Keyed> keyed;
    for (Value& item : items_of(runtime, value)) {
        Value key = sort_keys(runtime, item, arguments.value(2), case_of(arguments, 1));
        keyed.push_back({std::move(key), std::move(item)});
    }
    sort_by_key(runtime.budget, keyed, arguments.flag(0, false));
    return runtime.list(without_keys(std::move(keyed)));
}

Value dictsort(Runtime& runtime, const Value& value, const Bound& arguments)
{
    if (!value.dict())
        raise(Fault::type, {"'", type_name(value), "' object has no attribute 'items'"});
    const std::string by = arguments[1] ? arguments.text(1).bytes : "key";
    if (by != "key" && by != "value")
        raise(Fault::filter_argument, "You can only sort by either \"key\" or \"value\"");
    std::vector<Keyed> keyed;
    for (const auto& [key, entry] : value.dict()->entries())
        keyed.push_back({sort_key(runtime, by == "key" ? key : entry, Value(), case_of(arguments, 0)),
                         runtime.tuple({key, entry})});
    sort_by_key(runtime.budget, keyed, arguments.flag(2, false));
    return runtime.list(without_keys(std::move(keyed)));
}

Value unique(Runtime& runtime, const Value& value, const Bound& arguments)
{
    Dict seen;
    std::vector<Value> items;
    for (Value& item : items_of(runtime, value)) {
        Value key = sort_key(runtime, item, arguments.value(1), case_of(arguments, 0));
        if (seen.find(runtime.budget, key))
            continue;
        seen.set(runtime.budget, std::move(key), Value());
        items.push_back(std::move(item));
    }
    return runtime.generator(std::move(items));
}

/// The first item that no other is before (or after).
Value extreme(Runtime& runtime, const Value& value, const Bound& arguments, Comparator better)
{
    std::optional<Keyed> best;
    for (Value& item : items_of(runtime, value)) {
        Value key = sort_key(runtime, item, arguments.value(1), case_of(arguments, 0));
        if (!best || compare(runtime.budget, better, key, best->key))
            best = Keyed{std::move(key), std::move(item)};
    }
    return best ? best->item : Value(Undefined{{}, {}, "No aggregated item, sequence was empty."});
}

Value min(Runtime& runtime, const Value& value, const Bound& arguments)
{
    return extreme(runtime, value, arguments, Comparator::less);
}

Value max(Runtime& runtime, const Value& value, const Bound& arguments)
{
    return extreme(runtime, value, arguments, Comparator::greater);
}

/// (key, items) for every run of equal keys in the sorted items.
Value groupby(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const Value path = *arguments[0];
    const Value fallback = arguments.value(1);
    std::vector<Keyed> keyed;
    for (Value& item : items_of(runtime, value)) {
        Value key = sort_key(runtime, item, path, case_of(arguments, 2), fallback);
        keyed.push_back({std::move(key), std::move(item)});
    }
    sort_by_key(runtime.budget, keyed, false);
    std::vector<Value> groups;
    for (size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
        std::vector<Value> members;
        for (; end < keyed.size() && equals(runtime.budget, keyed[begin].key, keyed[end].key); ++end)
            members.push_back(keyed[end].item);
        if (members.empty()) // a key that does not equal itself
            members.push_back(keyed[end++].item);
        Value grouper = sort_key(runtime, members.front(), path, Case::sensitive, fallback);
        groups.push_back(
            runtime.sequence({SequenceKind::group, {std::move(grouper), runtime.list(std::move(members))}}));
    }
    return runtime.list(std::move(groups));
}

constexpr std::array<Builtin, 6> filters{{
    {{"sort", {"reverse", "case_sensitive", "attribute"}}, sort},
    {{"dictsort", {"case_sensitive", "by", "reverse"}}, dictsort},
    {{"unique", {"case_sensitive", "attribute"}}, unique},
    {{"min", {"case_sensitive", "attribute"}}, min},
    {{"max", {"case_sensitive", "attribute"}}, max},
    {{"groupby", {"attribute", "default", "case_sensitive"}, 1}, groupby},
}};

} // namespace

std::span<const Builtin> order_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
