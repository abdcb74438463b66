// Walking through anything that can be walked through.
#pragma once

#include "runtime.h"
#include "value.h"

#include <optional>
#include <vector>

namespace rocmforge::jinja {

/// Items of a sequence, keys of a dict, characters of a text, what is left of a generator, nothing
/// of an undefined value. TypeError for the rest.
class Cursor {
public:
    Cursor(Budget& budget, Value iterable);
    /// One step of the budget each.
    [[nodiscard]] std::optional<Value> next();

private:
    [[nodiscard]] std::optional<Value> next_character();

    Budget* budget_;
    Value iterable_;
    size_t position_ = 0; ///< in items, or in bytes of a text
};

[[nodiscard]] bool is_iterable(const Value& value);
[[nodiscard]] std::vector<Value> items_of(Runtime& runtime, const Value& iterable);
/// Python's len(): none where a value has no length.
[[nodiscard]] std::optional<int64_t> length_of(const Value& value);

} // namespace rocmforge::jinja
