// value[start:stop:step], as Python does it.
#pragma once

#include "runtime.h"
#include "value.h"

namespace rocmforge::jinja {

/// Of text, counted in characters, or of a sequence. None stands for a part that is not given.
[[nodiscard]] Value get_slice(Runtime& runtime, const Value& value, const Value& start, const Value& stop,
                              const Value& step);
/// Views of a dict have an order but no positions.
[[nodiscard]] bool is_indexable(const Sequence& sequence);

} // namespace rocmforge::jinja
