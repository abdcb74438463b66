// The methods of text, lists, tuples, dicts and numbers.
#pragma once

#include "builtin.h"
#include "value.h"

#include <span>
#include <string_view>

namespace rocmforge::jinja {

/// Null when values of this type have no such method that a template may call.
[[nodiscard]] const Builtin* find_method(const Value& value, std::string_view name);
/// list.append and the like: they exist, but templates may not change values.
[[nodiscard]] bool is_unsafe_method(const Value& value, std::string_view name);

/// Methods of marked text escape their arguments and give marked text.
[[nodiscard]] Value call_method(Runtime& runtime, const Builtin& method, const Value& self,
                                const Arguments& arguments);

[[nodiscard]] std::span<const Builtin> text_search_methods();
[[nodiscard]] std::span<const Builtin> text_split_methods();
[[nodiscard]] std::span<const Builtin> text_shape_methods();
[[nodiscard]] std::span<const Builtin> text_class_methods();

} // namespace rocmforge::jinja
