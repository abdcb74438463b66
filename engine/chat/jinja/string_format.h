// Filling text with values: '%s: %d' % (name, count) and '{}: {:>4}'.format(name, count).
#pragma once

#include "runtime.h"
#include "value.h"

namespace rocmforge::jinja {

/// `values` is a tuple, a dict for %(name)s, or a single value.
[[nodiscard]] Value percent_format(Runtime& runtime, const Text& format, const Value& values);
[[nodiscard]] Value brace_format(Runtime& runtime, const Text& format, const Arguments& arguments);

} // namespace rocmforge::jinja
