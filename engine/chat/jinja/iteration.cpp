#include "iteration.h"

#include "unicode.h"

#include <utility>

namespace rocmforge::jinja {

Cursor::Cursor(Budget& budget, Value iterable)
    : budget_(&budget)
    , iterable_(std::move(iterable))
{
    if (!is_iterable(iterable_))
        raise(Fault::type, {"'", type_name(iterable_), "' object is not iterable"});
}

std::optional<Value> Cursor::next()
{
    budget_->step();
    if (const Sequence* sequence = iterable_.sequence())
        return position_ < sequence->items.size() ? std::optional(sequence->items[position_++])
                                                  : std::nullopt;
    if (const Dict* dict = iterable_.dict())
        return position_ < dict->size() ? std::optional(dict->entries()[position_++].key) : std::nullopt;
    if (iterable_.text())
        return next_character();
    if (Object* iterator = iterable_.object())
        return iterator->next();
    return std::nullopt;
}

std::optional<Value> Cursor::next_character()
{
    const std::string& bytes = iterable_.text()->bytes;
    if (position_ == bytes.size())
        return std::nullopt;
    const size_t size = character_at(bytes, position_).bytes;
    budget_->allocate(sizeof(Text) + size);
    position_ += size;
    return Value(bytes.substr(position_ - size, size));
}

bool is_iterable(const Value& value)
{
    const Object* object = value.object();
    return value.sequence() || value.dict() || value.text() || value.undefined()
        || (object && object->is_iterator());
}

std::vector<Value> items_of(Runtime& runtime, const Value& iterable)
{
    std::vector<Value> items;
    Cursor cursor(runtime.budget, iterable);
    while (auto item = cursor.next()) {
        runtime.budget.allocate(sizeof(Value));
        items.push_back(*std::move(item));
    }
    return items;
}

std::optional<int64_t> length_of(const Value& value)
{
    if (const Text* text = value.text())
        return static_cast<int64_t>(text->length);
    if (const Sequence* sequence = value.sequence())
        return static_cast<int64_t>(sequence->items.size());
    if (const Dict* dict = value.dict())
        return static_cast<int64_t>(dict->size());
    if (value.undefined())
        return 0;
    return std::nullopt;
}

} // namespace rocmforge::jinja
