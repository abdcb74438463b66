#include "slice.h"

#include "comparison.h"
#include "unicode.h"

#include <algorithm>
#include <optional>

namespace rocmforge::jinja {

namespace {

std::optional<int64_t> slice_bound(const Value& value)
{
    if (value.is_none())
        return std::nullopt;
    const auto integer = as_integer(value);
    if (!integer)
        raise(Fault::type, "slice indices must be integers or None or have an __index__ method");
    return integer;
}

/// A slice of `length` items: `count` positions from `start` on, `step` apart.
struct SliceRange {
    int64_t start = 0;
    int64_t step = 1;
    int64_t count = 0;

    void for_each(const auto& visit) const
    {
        int64_t at = start;
        for (int64_t i = 0; i < count; ++i) {
            visit(static_cast<size_t>(at));
            if (i + 1 < count) // one step further may overflow
                at += step;
        }
    }
};

SliceRange slice_range(int64_t length, const Value& start, const Value& stop, const Value& step)
{
    SliceRange range;
    range.step = slice_bound(step).value_or(1);
    if (range.step == 0)
        raise(Fault::value, "slice step cannot be zero");
    const int64_t lowest = range.step < 0 ? -1 : 0;
    const int64_t highest = range.step < 0 ? length - 1 : length;
    const auto clamp = [&](std::optional<int64_t> bound, int64_t fallback) {
        if (!bound)
            return fallback;
        return std::clamp(*bound < 0 ? *bound + length : *bound, lowest, highest);
    };
    range.start = clamp(slice_bound(start), range.step < 0 ? highest : lowest);
    const int64_t end = clamp(slice_bound(stop), range.step < 0 ? lowest : highest);
    const int64_t distance = range.step < 0 ? range.start - end : end - range.start;
    // The step's size as unsigned: the smallest integer has no positive counterpart.
    const uint64_t stride =
        range.step < 0 ? 0 - static_cast<uint64_t>(range.step) : static_cast<uint64_t>(range.step);
    if (distance > 0)
        range.count = static_cast<int64_t>((static_cast<uint64_t>(distance) - 1) / stride) + 1;
    return range;
}

Value slice_text(Runtime& runtime, const Text& text, size_t start, size_t count)
{
    if (text.is_ascii())
        return runtime.text(text.bytes.substr(start, count), text.kind);
    const std::string_view rest = std::string_view(text.bytes).substr(offset_of_character(text.bytes, start));
    return runtime.text(rest.substr(0, offset_of_character(rest, count)), text.kind);
}

std::vector<size_t> character_offsets(Runtime& runtime, const Text& text)
{
    runtime.budget.allocate(text.length + 1, sizeof(size_t));
    std::vector<size_t> offsets;
    for (size_t at = 0; at < text.bytes.size(); at += character_at(text.bytes, at).bytes)
        offsets.push_back(at);
    offsets.push_back(text.bytes.size());
    return offsets;
}

Value slice_text(Runtime& runtime, const Text& text, const SliceRange& range)
{
    runtime.budget.scan(text.bytes.size());
    if (range.step == 1)
        return slice_text(runtime, text, static_cast<size_t>(range.start), static_cast<size_t>(range.count));
    const std::vector<size_t> offsets = character_offsets(runtime, text);
    std::string out;
    range.for_each([&](size_t i) { out.append(text.bytes, offsets[i], offsets[i + 1] - offsets[i]); });
    return runtime.text(std::move(out), text.kind);
}

Value slice_sequence(Runtime& runtime, const Sequence& sequence, const SliceRange& range)
{
    runtime.budget.step(range.count);
    std::vector<Value> items;
    items.reserve(static_cast<size_t>(range.count));
    range.for_each([&](size_t i) { items.push_back(sequence.items[i]); });
    return sequence.kind == SequenceKind::tuple ? runtime.tuple(std::move(items))
                                                : runtime.list(std::move(items));
}

} // namespace

bool is_indexable(const Sequence& sequence)
{
    return sequence.kind == SequenceKind::list || sequence.kind == SequenceKind::tuple
        || sequence.kind == SequenceKind::range || sequence.kind == SequenceKind::group;
}

Value get_slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop,
                const Value& step)
{
    require_defined(value);
    if (const Text* text = value.text())
        return slice_text(runtime, *text, slice_range(static_cast<int64_t>(text->length), start, stop, step));
    const Sequence* sequence = value.sequence();
    if (sequence && is_indexable(*sequence))
        return slice_sequence(runtime, *sequence,
                              slice_range(static_cast<int64_t>(sequence->items.size()), start, stop, step));
    if (value.dict())
        raise(Fault::type, "unhashable type: 'slice'");
    raise(Fault::type, {"'", type_name(value), "' object is not subscriptable"});
}

} // namespace rocmforge::jinja
