// How a template fails: the exception Jinja would raise, what it says, and where.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

enum class Fault {
    syntax,
    undefined,
    type,
    value,
    key,
    index,
    zero_division,
    overflow,
    security,
    runtime,
    filter_argument,
    recursion, ///< nested too deeply
    memory, ///< more text or values than a rendering may make
    steps, ///< more work than a rendering may take
    raised, ///< the template called raise_exception(): the message is the template's own
};

/// "TypeError", as Python and Jinja name it.
[[nodiscard]] std::string_view fault_name(Fault fault);

/// Thrown inside engine/chat/jinja; ChatTemplate turns it into an Error.
struct TemplateError {
    Fault fault = Fault::runtime;
    std::string message;
    int line = 0; ///< 1-based; 0 = the one being rendered
};

[[noreturn]] void raise(Fault fault, std::string message);
/// The message in pieces.
[[noreturn]] void raise(Fault fault, std::initializer_list<std::string_view> message);

} // namespace rocmforge::jinja
