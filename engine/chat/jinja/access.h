// What a template may reach from a value: attributes and items. Follows Jinja's sandbox:
// private attributes and methods that would change a value are there but cannot be used.
#pragma once

#include "runtime.h"
#include "value.h"

#include <string_view>

namespace rocmforge::jinja {

/// value.name: a method or attribute, else the item of that key, else undefined.
[[nodiscard]] Value get_attribute(Runtime& runtime, const Value& value, std::string_view name);
/// value.name, not looking among the items.
[[nodiscard]] Value get_own_attribute(Runtime& runtime, const Value& value, std::string_view name);
/// value[key]: the item, else the attribute of that name, else undefined.
[[nodiscard]] Value get_item(Runtime& runtime, const Value& value, const Value& key);
/// A path like "function.name" or "0.role", as the `attribute` argument of filters.
[[nodiscard]] Value get_path(Runtime& runtime, const Value& value, const Value& path);

} // namespace rocmforge::jinja
