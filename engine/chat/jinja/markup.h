// Text that is marked as safe HTML. Nothing in a prompt is escaped unasked, but as in Jinja, text that
// a template has marked with `safe` or `escape` escapes what is later added to it.
#pragma once

#include "runtime.h"
#include "value.h"

namespace rocmforge::jinja {

[[nodiscard]] bool is_markup(const Value& value);
/// The text of the value, marked, with & < > ' " escaped unless it is marked already.
[[nodiscard]] Value escape(Runtime& runtime, const Value& value);
/// A text, or every text in a list or tuple, marked as it is; other values unchanged.
[[nodiscard]] Value marked(Runtime& runtime, const Value& value);
/// Every text among the arguments escaped.
[[nodiscard]] Arguments escape(Runtime& runtime, const Arguments& arguments);

} // namespace rocmforge::jinja
