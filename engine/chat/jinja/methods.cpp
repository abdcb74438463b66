#include "methods.h"

#include "comparison.h"
#include "markup.h"
#include "printing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace rocmforge::jinja {

namespace {

Value view(Runtime& runtime, const Value& self, SequenceKind kind)
{
    std::vector<Value> items;
    items.reserve(self.dict()->size());
    for (const auto& [key, value] : self.dict()->entries()) {
        if (kind == SequenceKind::dict_items)
            items.push_back(runtime.tuple({key, value}));
        else
            items.push_back(kind == SequenceKind::dict_keys ? key : value);
    }
    return runtime.sequence({kind, std::move(items)});
}

Value dict_items(Runtime& runtime, const Value& self, const Bound&)
{
    return view(runtime, self, SequenceKind::dict_items);
}

Value dict_keys(Runtime& runtime, const Value& self, const Bound&)
{
    return view(runtime, self, SequenceKind::dict_keys);
}

Value dict_values(Runtime& runtime, const Value& self, const Bound&)
{
    return view(runtime, self, SequenceKind::dict_values);
}

Value dict_get(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const Value* found = self.dict()->find(runtime.budget, *arguments[0]);
    return found ? *found : arguments.value(1);
}

Value same(Runtime&, const Value& self, const Bound&)
{
    return self;
}

constexpr std::array<Builtin, 5> dict_methods{{
    {{"get", {"key", "default"}, 1}, dict_get},
    {{"items"}, dict_items},
    {{"keys"}, dict_keys},
    {{"values"}, dict_values},
    {{"copy"}, same},
}};

Value sequence_index(Runtime& runtime, const Value& self, const Bound& arguments)
{
    const std::vector<Value>& items = self.sequence()->items;
    const auto size = static_cast<int64_t>(items.size());
    const auto clamp = [size](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + size : i, 0, size); };
    const int64_t stop = clamp(arguments.integer(2, size));
    for (int64_t i = clamp(arguments.integer(1, 0)); i < stop; ++i) {
        if (equals(runtime.budget, items[static_cast<size_t>(i)], *arguments[0]))
            return Value(i);
    }
    if (self.sequence()->kind == SequenceKind::list)
        raise(Fault::value, {repr(runtime.budget, *arguments[0]), " is not in list"});
    raise(Fault::value, "tuple.index(x): x not in tuple");
}

Value sequence_count(Runtime& runtime, const Value& self, const Bound& arguments)
{
    return Value(std::ranges::count_if(self.sequence()->items, [&](const Value& item) {
        return equals(runtime.budget, item, *arguments[0]);
    }));
}

constexpr std::array<Builtin, 3> list_methods{{
    {{"index", {"value", "start", "stop"}, 1}, sequence_index},
    {{"count", {"value"}, 1}, sequence_count},
    {{"copy"}, same},
}};

Value bit_length(Runtime&, const Value& self, const Bound&)
{
    const int64_t integer = *as_integer(self);
    const auto magnitude = integer < 0 ? 0 - static_cast<uint64_t>(integer) : static_cast<uint64_t>(integer);
    return Value(std::bit_width(magnitude));
}

Value is_integer(Runtime&, const Value& self, const Bound&)
{
    const double number = *self.floating();
    return Value(std::isfinite(number) && number == std::floor(number));
}

constexpr std::array<Builtin, 1> integer_methods{{{{"bit_length"}, bit_length}}};
constexpr std::array<Builtin, 1> float_methods{{{{"is_integer"}, is_integer}}};

constexpr std::array<std::string_view, 8> unsafe_list_methods{"append", "clear", "pop",    "reverse",
                                                              "insert", "sort",  "extend", "remove"};
constexpr std::array<std::string_view, 5> unsafe_dict_methods{"clear", "pop", "popitem", "setdefault",
                                                              "update"};

const Builtin* find_text_method(std::string_view name)
{
    for (const auto& table :
         {text_shape_methods(), text_split_methods(), text_search_methods(), text_class_methods()}) {
        if (const Builtin* method = find_builtin(table, name))
            return method;
    }
    return nullptr;
}

const Builtin* find_sequence_method(const Sequence& sequence, std::string_view name)
{
    switch (sequence.kind) {
    case SequenceKind::list:
        return find_builtin(list_methods, name);
    case SequenceKind::tuple:
    case SequenceKind::range:
    case SequenceKind::group:
        return find_builtin(std::span(list_methods).first(2), name);
    default:
        return nullptr;
    }
}

} // namespace

const Builtin* find_method(const Value& value, std::string_view name)
{
    switch (value.kind()) {
    case Value::Kind::dict:
        return find_builtin(dict_methods, name);
    case Value::Kind::text:
        return find_text_method(name);
    case Value::Kind::sequence:
        return find_sequence_method(*value.sequence(), name);
    case Value::Kind::boolean:
    case Value::Kind::integer:
        return find_builtin(integer_methods, name);
    case Value::Kind::floating:
        return find_builtin(float_methods, name);
    default:
        return nullptr;
    }
}

Value call_method(Runtime& runtime, const Builtin& method, const Value& self, const Arguments& arguments)
{
    if (!is_markup(self))
        return call_builtin(runtime, method, self, arguments);
    const std::string_view name = method.signature.name;
    const bool looks_only = name == "split" || name == "rsplit" || name == "startswith" || name == "endswith"
        || name == "find" || name == "rfind" || name == "index" || name == "rindex" || name == "count";
    return marked(runtime,
                  call_builtin(runtime, method, self, looks_only ? arguments : escape(runtime, arguments)));
}

bool is_unsafe_method(const Value& value, std::string_view name)
{
    if (value.dict())
        return std::ranges::find(unsafe_dict_methods, name) != unsafe_dict_methods.end();
    const Sequence* sequence = value.sequence();
    return sequence && sequence->kind == SequenceKind::list
        && std::ranges::find(unsafe_list_methods, name) != unsafe_list_methods.end();
}

} // namespace rocmforge::jinja
