#include "error.h"

#include "concat.h"

#include <utility>

namespace rocmforge::jinja {

std::string_view fault_name(Fault fault)
{
    switch (fault) {
    case Fault::syntax:
        return "TemplateSyntaxError";
    case Fault::undefined:
        return "UndefinedError";
    case Fault::type:
        return "TypeError";
    case Fault::value:
        return "ValueError";
    case Fault::key:
        return "KeyError";
    case Fault::index:
        return "IndexError";
    case Fault::zero_division:
        return "ZeroDivisionError";
    case Fault::overflow:
        return "OverflowError";
    case Fault::security:
        return "SecurityError";
    case Fault::runtime:
        return "TemplateRuntimeError";
    case Fault::filter_argument:
        return "FilterArgumentError";
    case Fault::recursion:
        return "RecursionError";
    case Fault::memory:
        return "MemoryError";
    case Fault::steps:
        return "TimeoutError";
    case Fault::raised:
        return "raise_exception";
    }
    return "TemplateRuntimeError";
}

void raise(Fault fault, std::string message)
{
    throw TemplateError{fault, std::move(message)};
}

void raise(Fault fault, std::initializer_list<std::string_view> message)
{
    raise(fault, concat(message));
}

} // namespace rocmforge::jinja
