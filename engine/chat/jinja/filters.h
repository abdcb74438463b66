// The filters of the language: `value | name(arguments)`.
#pragma once

#include "builtin.h"

#include <span>
#include <string_view>

namespace rocmforge::jinja {

/// Null for an unknown name.
[[nodiscard]] const Builtin* find_filter(std::string_view name);

[[nodiscard]] std::span<const Builtin> text_filters();
[[nodiscard]] std::span<const Builtin> layout_filters();
[[nodiscard]] std::span<const Builtin> markup_filters();
[[nodiscard]] std::span<const Builtin> value_filters();
[[nodiscard]] std::span<const Builtin> sequence_filters();
[[nodiscard]] std::span<const Builtin> order_filters();
[[nodiscard]] std::span<const Builtin> selection_filters();

} // namespace rocmforge::jinja
