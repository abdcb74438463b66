// Template values to JSON, written as Python's json.dumps does.
#pragma once

#include "runtime.h"
#include "value.h"

#include <optional>
#include <string>

namespace rocmforge::jinja {

struct JsonStyle {
    bool ensure_ascii = false; ///< \u00e9 for é
    bool sort_keys = false;
    std::optional<std::string> indent; ///< of one level; without it all is on one line
    std::string item_separator = ", ";
    std::string key_separator = ": ";
};

/// TypeError for what JSON does not have: undefined values, functions, generators.
[[nodiscard]] std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style);

} // namespace rocmforge::jinja
