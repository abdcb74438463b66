#include "object.h"

#include "concat.h"

namespace rocmforge::jinja {

std::string Object::repr(Budget&)
{
    return concat({"<", type_name(), " object>"});
}

std::optional<Value> Object::attribute(Runtime&, std::string_view)
{
    return std::nullopt;
}

Value Object::call(Runtime&, const Arguments&)
{
    raise(Fault::type, {"'", type_name(), "' object is not callable"});
}

std::optional<Value> Generator::next()
{
    if (next_ == items_.size())
        return std::nullopt;
    return items_[next_++];
}

std::string Function::repr(Budget&)
{
    return concat({"<built-in method ", name_, ">"});
}

} // namespace rocmforge::jinja
