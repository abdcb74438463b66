// The functions that every template has: range, dict, namespace, cycler, joiner, raise_exception,
// strftime_now.
#pragma once

#include "runtime.h"
#include "value.h"

#include <optional>
#include <string_view>

namespace rocmforge::jinja {

[[nodiscard]] std::optional<Value> global_function(Runtime& runtime, std::string_view name);

} // namespace rocmforge::jinja
