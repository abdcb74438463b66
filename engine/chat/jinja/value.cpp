#include "value.h"

#include "dict.h"
#include "object.h"
#include "unicode.h"

#include <algorithm>
#include <utility>

namespace rocmforge::jinja {

namespace {

void check_depth(int depth)
{
    if (depth > max_value_depth)
        raise(Fault::recursion, "values are nested too deeply");
}

} // namespace

Value::Value(std::string bytes, TextKind kind)
{
    const size_t length = count_characters(bytes);
    data_ = std::make_shared<const Text>(Text{std::move(bytes), length, kind});
}

Value::Value(Sequence sequence)
{
    int deepest = 0;
    for (const Value& item : sequence.items)
        deepest = std::max(deepest, item.depth());
    sequence.depth = deepest + 1;
    check_depth(sequence.depth);
    data_ = std::make_shared<const Sequence>(std::move(sequence));
}

Value::Value(Dict dict)
{
    check_depth(dict.depth());
    data_ = std::make_shared<const Dict>(std::move(dict));
}

Value::Value(Undefined undefined)
    : data_(std::make_shared<const Undefined>(std::move(undefined)))
{
}

int Value::depth() const
{
    if (const Sequence* items = sequence())
        return items->depth;
    if (const Dict* entries = dict())
        return entries->depth();
    return 0;
}

std::string_view type_name(const Value& value)
{
    switch (value.kind()) {
    case Value::Kind::none:
        return "NoneType";
    case Value::Kind::boolean:
        return "bool";
    case Value::Kind::integer:
        return "int";
    case Value::Kind::floating:
        return "float";
    case Value::Kind::text:
        return value.text()->kind == TextKind::markup ? "Markup" : "str";
    case Value::Kind::sequence:
        return type_name(value.sequence()->kind);
    case Value::Kind::dict:
        return "dict";
    case Value::Kind::object:
        return value.object()->type_name();
    case Value::Kind::undefined:
        return "Undefined";
    }
    return "object";
}

std::string_view type_name(SequenceKind kind)
{
    switch (kind) {
    case SequenceKind::list:
        return "list";
    case SequenceKind::tuple:
        return "tuple";
    case SequenceKind::range:
        return "range";
    case SequenceKind::dict_keys:
        return "dict_keys";
    case SequenceKind::dict_values:
        return "dict_values";
    case SequenceKind::dict_items:
        return "dict_items";
    case SequenceKind::group:
        return "_GroupTuple";
    }
    return "list";
}

std::optional<int64_t> as_integer(const Value& value)
{
    if (const int64_t* integer = value.integer())
        return *integer;
    if (const bool* boolean = value.boolean())
        return *boolean ? 1 : 0;
    return std::nullopt;
}

std::optional<double> as_number(const Value& value)
{
    if (const double* floating = value.floating())
        return *floating;
    if (const auto integer = as_integer(value))
        return static_cast<double>(*integer);
    return std::nullopt;
}

} // namespace rocmforge::jinja
