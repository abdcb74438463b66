#include "comparison.h"

#include "dict.h"
#include "iteration.h"
#include "object.h"
#include "printing.h"
#include "search.h"

#include <algorithm>

namespace rocmforge::jinja {

namespace {

bool is_number(const Value& value)
{
    return as_number(value).has_value();
}

// Every int64 and every double has its own long double, so that this is exact.
long double widened(const Value& number)
{
    const auto integer = as_integer(number);
    return integer ? static_cast<long double>(*integer) : static_cast<long double>(*number.floating());
}

template <typename T> bool ordered(Comparator comparator, const T& a, const T& b)
{
    switch (comparator) {
    case Comparator::less:
        return a < b;
    case Comparator::less_equal:
        return a <= b;
    case Comparator::greater:
        return a > b;
    default:
        return a >= b;
    }
}

std::string_view symbol(Comparator comparator)
{
    switch (comparator) {
    case Comparator::less:
        return "<";
    case Comparator::less_equal:
        return "<=";
    case Comparator::greater:
        return ">";
    default:
        return ">=";
    }
}

/// A group is a tuple with names for its items.
SequenceKind comparable_kind(const Sequence& sequence)
{
    return sequence.kind == SequenceKind::group ? SequenceKind::tuple : sequence.kind;
}

bool equals(Budget& budget, const Sequence& a, const Sequence& b)
{
    if (comparable_kind(a) != comparable_kind(b) || a.items.size() != b.items.size())
        return false;
    const Budget::Level level(budget);
    return std::ranges::equal(a.items, b.items,
                              [&](const Value& x, const Value& y) { return equals(budget, x, y); });
}

bool equals(Budget& budget, const Dict& a, const Dict& b)
{
    if (a.size() != b.size())
        return false;
    const Budget::Level level(budget);
    return std::ranges::all_of(a.entries(), [&](const Dict::Entry& entry) {
        const Value* other = b.find(budget, entry.key);
        return other && equals(budget, entry.value, *other);
    });
}

bool in_order(Budget& budget, Comparator comparator, const Value& a, const Value& b);

bool in_order(Budget& budget, Comparator comparator, const Sequence& a, const Sequence& b)
{
    const Budget::Level level(budget);
    const size_t shared = std::min(a.items.size(), b.items.size());
    for (size_t i = 0; i < shared; ++i) {
        if (!equals(budget, a.items[i], b.items[i]))
            return in_order(budget, comparator, a.items[i], b.items[i]);
    }
    return ordered(comparator, a.items.size(), b.items.size());
}

bool have_order(const Sequence* a, const Sequence* b)
{
    return a && b && comparable_kind(*a) == comparable_kind(*b)
        && (a->kind == SequenceKind::list || comparable_kind(*a) == SequenceKind::tuple);
}

bool in_order(Budget& budget, Comparator comparator, const Value& a, const Value& b)
{
    require_defined(a);
    require_defined(b);
    if (is_number(a) && is_number(b))
        return ordered(comparator, widened(a), widened(b));
    if (a.text() && b.text()) {
        budget.scan(std::min(a.text()->bytes.size(), b.text()->bytes.size()));
        return ordered(comparator, a.text()->bytes, b.text()->bytes);
    }
    if (have_order(a.sequence(), b.sequence()))
        return in_order(budget, comparator, *a.sequence(), *b.sequence());
    raise(Fault::type,
          {"'", symbol(comparator), "' not supported between instances of '", type_name(a), "' and '",
           type_name(b), "'"});
}

bool text_contains(Budget& budget, const Text& text, const Value& item)
{
    if (!item.text())
        raise(Fault::type, {"'in <string>' requires string as left operand, not ", type_name(item)});
    return find(budget, text.bytes, item.text()->bytes) != npos;
}

bool contains(Budget& budget, const Value& container, const Value& item)
{
    if (const Text* text = container.text())
        return text_contains(budget, *text, item);
    if (const Dict* dict = container.dict())
        return dict->find(budget, item) != nullptr;
    if (!is_iterable(container))
        raise(Fault::type, {"argument of type '", type_name(container), "' is not iterable"});
    Cursor cursor(budget, container);
    while (const auto candidate = cursor.next()) {
        if (equals(budget, *candidate, item))
            return true;
    }
    return false;
}

} // namespace

bool is_true(const Value& value)
{
    if (const auto number = as_number(value))
        return *number != 0;
    if (const Text* text = value.text())
        return !text->bytes.empty();
    if (const Sequence* sequence = value.sequence())
        return !sequence->items.empty();
    if (const Dict* dict = value.dict())
        return !dict->empty();
    return value.object() != nullptr;
}

bool equals(Budget& budget, const Value& a, const Value& b)
{
    budget.step();
    if (is_number(a) && is_number(b))
        return widened(a) == widened(b);
    if (a.kind() != b.kind())
        return false;
    if (const Text* text = a.text()) {
        budget.scan(text->bytes.size());
        return text->bytes == b.text()->bytes;
    }
    if (const Sequence* sequence = a.sequence())
        return sequence == b.sequence() || equals(budget, *sequence, *b.sequence());
    if (const Dict* dict = a.dict())
        return dict == b.dict() || equals(budget, *dict, *b.dict());
    return a.object() == b.object();
}

bool compare(Budget& budget, Comparator comparator, const Value& a, const Value& b)
{
    switch (comparator) {
    case Comparator::equal:
        return equals(budget, a, b);
    case Comparator::not_equal:
        return !equals(budget, a, b);
    case Comparator::in:
        return contains(budget, b, a);
    case Comparator::not_in:
        return !contains(budget, b, a);
    default:
        return in_order(budget, comparator, a, b);
    }
}

void raise_undefined(const Undefined& undefined)
{
    raise(undefined.fault, undefined_message(undefined));
}

void require_defined(const Value& value)
{
    if (const Undefined* undefined = value.undefined())
        raise_undefined(*undefined);
}

} // namespace rocmforge::jinja
