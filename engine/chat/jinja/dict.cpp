#include "dict.h"

#include "budget.h"
#include "comparison.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace rocmforge::jinja {

namespace {

size_t hash_of(std::string_view text)
{
    return std::hash<std::string_view>{}(text);
}

size_t hash_of(Budget& budget, const Value& value);

size_t hash_of(double number)
{
    constexpr double exact = 9007199254740992.0; // 2^53
    const bool integral =
        number >= -exact && number <= exact && number == static_cast<double>(static_cast<int64_t>(number));
    return integral ? std::hash<int64_t>{}(static_cast<int64_t>(number)) : std::hash<double>{}(number);
}

size_t hash_of(Budget& budget, const Sequence& sequence)
{
    size_t hash = sequence.items.size();
    for (const Value& item : sequence.items) {
        budget.step();
        hash = hash * 31 + hash_of(budget, item);
    }
    return hash;
}

bool is_hashable(const Value& value)
{
    const Sequence* sequence = value.sequence();
    return !value.dict()
        && (!sequence
            || (sequence->kind != SequenceKind::list && sequence->kind != SequenceKind::dict_items));
}

/// Equal values have equal hashes.
size_t hash_of(Budget& budget, const Value& value)
{
    if (!is_hashable(value))
        raise(Fault::type, {"unhashable type: '", type_name(value), "'"});
    if (const Text* text = value.text()) {
        budget.scan(text->bytes.size());
        return hash_of(text->bytes);
    }
    if (const double* floating = value.floating())
        return hash_of(*floating);
    if (const auto integer = as_integer(value))
        return std::hash<int64_t>{}(*integer);
    if (const Sequence* sequence = value.sequence())
        return hash_of(budget, *sequence);
    return static_cast<size_t>(value.kind());
}

} // namespace

const Value* Dict::find(std::string_view key) const
{
    const size_t at = position(key);
    return at == npos ? nullptr : &entries_[at].value;
}

const Value* Dict::find(Budget& budget, const Value& key) const
{
    const size_t at = position(budget, key, hash_of(budget, key));
    return at == npos ? nullptr : &entries_[at].value;
}

void Dict::set(std::string_view key, Value value)
{
    store(position(key), hash_of(key), Value(std::string(key)), std::move(value));
}

void Dict::set(Budget& budget, Value key, Value value)
{
    const size_t hash = hash_of(budget, key);
    const size_t at = position(budget, key, hash);
    store(at, hash, std::move(key), std::move(value));
}

size_t Dict::position(std::string_view key) const
{
    const auto [first, last] = positions_.equal_range(hash_of(key));
    for (auto it = first; it != last; ++it) {
        const Text* text = entries_[it->second].key.text();
        if (text && text->bytes == key)
            return it->second;
    }
    return npos;
}

size_t Dict::position(Budget& budget, const Value& key, size_t hash) const
{
    const auto [first, last] = positions_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
        if (equals(budget, entries_[it->second].key, key))
            return it->second;
    }
    return npos;
}

void Dict::store(size_t position, size_t hash, Value key, Value value)
{
    depth_ = std::max({depth_, key.depth() + 1, value.depth() + 1});
    if (position != npos) {
        entries_[position].value = std::move(value);
        return;
    }
    positions_.emplace(hash, entries_.size());
    entries_.push_back({std::move(key), std::move(value)});
}

} // namespace rocmforge::jinja
