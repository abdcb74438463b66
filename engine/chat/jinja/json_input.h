// JSON to template values.
#pragma once

#include "runtime.h"
#include "value.h"

#include <nlohmann/json.hpp>

namespace rocmforge::jinja {

/// Objects keep their order. RecursionError for what nests too deeply.
[[nodiscard]] Value from_json(Runtime& runtime, const nlohmann::ordered_json& json);

} // namespace rocmforge::jinja
