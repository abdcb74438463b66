#include "access.h"

#include "comparison.h"
#include "methods.h"
#include "slice.h"
#include "unicode.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace rocmforge::jinja {

namespace {

Value missing(const Value& owner, Value name)
{
    return Value(Undefined{std::move(name), type_name(owner)});
}

Value unsafe(const Value& owner, std::string_view name)
{
    return Value(Undefined{Value(std::string(name)), type_name(owner),
                           "access to attribute '" + std::string(name) + "' of '"
                               + std::string(type_name(owner)) + "' object is unsafe.",
                           Fault::security});
}

/// What every value has in Python, and what breaking out of a sandbox starts from.
bool is_internal(std::string_view name)
{
    constexpr std::string_view names[] = {
        "__class__",        "__doc__",     "__init__",    "__new__",
        "__dir__",          "__eq__",      "__ne__",      "__hash__",
        "__repr__",         "__str__",     "__format__",  "__reduce__",
        "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__",
        "__subclasshook__", "__sizeof__"};
    return std::ranges::find(names, name) != std::end(names);
}

Value bound(Runtime& runtime, const Value& self, const Builtin& method)
{
    return runtime.function(std::string(method.signature.name),
                            [self, &method](Runtime& r, const Arguments& arguments) {
                                return call_method(r, method, self, arguments);
                            });
}

/// What Python's getattr would find on the value itself.
std::optional<Value> own_attribute(Runtime& runtime, const Value& value, std::string_view name)
{
    if (is_internal(name) || is_unsafe_method(value, name))
        return unsafe(value, name);
    if (const Builtin* method = find_method(value, name))
        return bound(runtime, value, *method);
    if (Object* object = value.object())
        return object->attribute(runtime, name);
    const Sequence* sequence = value.sequence();
    if (sequence && sequence->kind == SequenceKind::group && (name == "grouper" || name == "list"))
        return sequence->items[name == "grouper" ? 0 : 1];
    return std::nullopt;
}

std::optional<size_t> position(int64_t index, size_t length)
{
    const auto size = static_cast<int64_t>(length);
    if (index < -size || index >= size)
        return std::nullopt;
    return static_cast<size_t>(index < 0 ? index + size : index);
}

Value character(Runtime& runtime, const Text& text, size_t index)
{
    if (text.is_ascii())
        return runtime.text(text.bytes.substr(index, 1), text.kind);
    runtime.budget.scan(text.bytes.size());
    const size_t offset = offset_of_character(text.bytes, index);
    return runtime.text(text.bytes.substr(offset, character_at(text.bytes, offset).bytes), text.kind);
}

/// None where Python would raise TypeError, IndexError or KeyError.
std::optional<Value> own_item(Runtime& runtime, const Value& value, const Value& key)
{
    if (const Dict* dict = value.dict()) {
        if (key.dict() || key.sequence())
            return std::nullopt;
        const Value* found = dict->find(runtime.budget, key);
        return found ? std::optional(*found) : std::nullopt;
    }
    const auto index = as_integer(key);
    if (!index)
        return std::nullopt;
    if (const Text* text = value.text()) {
        const auto at = position(*index, text->length);
        return at ? std::optional(character(runtime, *text, *at)) : std::nullopt;
    }
    const Sequence* sequence = value.sequence();
    if (!sequence || !is_indexable(*sequence))
        return std::nullopt;
    const auto at = position(*index, sequence->items.size());
    return at ? std::optional(sequence->items[*at]) : std::nullopt;
}

std::optional<int64_t> path_index(std::string_view part)
{
    int64_t index = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
    const bool digits = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    return digits && error == std::errc() && end == part.data() + part.size() ? std::optional(index)
                                                                              : std::nullopt;
}

} // namespace

Value get_attribute(Runtime& runtime, const Value& value, std::string_view name)
{
    require_defined(value);
    if (auto attribute = own_attribute(runtime, value, name))
        return *std::move(attribute);
    if (const Dict* dict = value.dict()) {
        if (const Value* found = dict->find(name))
            return *found;
    }
    return missing(value, Value(std::string(name)));
}

Value get_own_attribute(Runtime& runtime, const Value& value, std::string_view name)
{
    require_defined(value);
    return own_attribute(runtime, value, name).value_or(missing(value, Value(std::string(name))));
}

Value get_item(Runtime& runtime, const Value& value, const Value& key)
{
    require_defined(value);
    if (auto item = own_item(runtime, value, key))
        return *std::move(item);
    if (const Text* name = key.text()) {
        if (auto attribute = own_attribute(runtime, value, name->bytes))
            return *std::move(attribute);
    }
    return missing(value, key);
}

Value get_path(Runtime& runtime, const Value& value, const Value& path)
{
    const Text* text = path.text();
    if (!text)
        return get_item(runtime, value, path);
    Value current = value;
    for (std::string_view rest = text->bytes;;) {
        const size_t dot = rest.find('.');
        const std::string_view part = rest.substr(0, dot);
        const auto index = path_index(part);
        current = get_item(runtime, current, index ? Value(*index) : Value(std::string(part)));
        if (dot == std::string_view::npos)
            return current;
        rest.remove_prefix(dot + 1);
    }
}

} // namespace rocmforge::jinja
