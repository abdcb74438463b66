#include "namespace.h"

#include "printing.h"

namespace rocmforge::jinja {

std::string Namespace::repr(Budget& budget)
{
    const Budget::Level level(budget);
    return "<Namespace " + jinja::repr(budget, Value(attributes_)) + ">";
}

std::optional<Value> Namespace::attribute(Runtime&, std::string_view name)
{
    const Value* found = attributes_.find(name);
    return found ? std::optional(*found) : std::nullopt;
}

} // namespace rocmforge::jinja
