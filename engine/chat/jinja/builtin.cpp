#include "builtin.h"

#include "comparison.h"

#include <algorithm>

namespace rocmforge::jinja {

namespace {

size_t parameter_count(const Signature& signature)
{
    const auto end = std::ranges::find(signature.parameters, std::string_view());
    return static_cast<size_t>(end - signature.parameters.begin());
}

[[noreturn]] void raise_call(const Signature& signature, const std::string& what)
{
    raise(Fault::type, {signature.name, "() ", what});
}

void check_count(const Signature& signature, size_t given)
{
    const size_t most = parameter_count(signature);
    if (given > most && !signature.variadic)
        raise_call(signature,
                   "takes at most " + std::to_string(most) + (most == 1 ? " argument (" : " arguments (")
                       + std::to_string(given) + " given)");
}

} // namespace

Bound::Bound(const Signature& signature, const Arguments& arguments)
    : all_(&arguments)
{
    check_count(signature, arguments.positional.size());
    const size_t positional = std::min(arguments.positional.size(), parameter_count(signature));
    for (size_t i = 0; i < positional; ++i)
        values_[i] = &arguments.positional[i];
    for (const auto& [name, value] : arguments.named)
        bind_named(signature, name, value);
    for (size_t i = 0; i < signature.required; ++i) {
        if (!values_[i])
            raise_call(signature,
                       "missing required argument: '" + std::string(signature.parameters[i]) + "'");
    }
}

void Bound::bind_named(const Signature& signature, const std::string& name, const Value& value)
{
    const auto found =
        name.empty() ? signature.parameters.end() : std::ranges::find(signature.parameters, name);
    if (found == signature.parameters.end()) {
        if (!signature.variadic)
            raise_call(signature, "got an unexpected keyword argument '" + name + "'");
        return;
    }
    const Value*& slot = values_[static_cast<size_t>(found - signature.parameters.begin())];
    if (slot)
        raise_call(signature, "got multiple values for argument '" + name + "'");
    slot = &value;
}

Value Bound::value(size_t parameter, const Value& fallback) const
{
    return values_[parameter] ? *values_[parameter] : fallback;
}

bool Bound::flag(size_t parameter, bool fallback) const
{
    return values_[parameter] ? is_true(*values_[parameter]) : fallback;
}

int64_t Bound::integer(size_t parameter, int64_t fallback) const
{
    if (!values_[parameter])
        return fallback;
    require_defined(*values_[parameter]);
    const auto integer = as_integer(*values_[parameter]);
    if (!integer)
        raise(Fault::type,
              {"'", type_name(*values_[parameter]), "' object cannot be interpreted as an integer"});
    return *integer;
}

const Text& Bound::text(size_t parameter) const
{
    require_defined(*values_[parameter]);
    const Text* text = values_[parameter]->text();
    if (!text)
        raise(Fault::type, {"must be str, not ", type_name(*values_[parameter])});
    return *text;
}

const Text* Bound::optional_text(size_t parameter) const
{
    const bool given = values_[parameter] && !values_[parameter]->is_none();
    return given ? &text(parameter) : nullptr;
}

const Builtin* find_builtin(std::span<const Builtin> table, std::string_view name)
{
    const auto found =
        std::ranges::find(table, name, [](const Builtin& builtin) { return builtin.signature.name; });
    return found == table.end() ? nullptr : &*found;
}

Value call_builtin(Runtime& runtime, const Builtin& builtin, const Value& subject, const Arguments& arguments)
{
    return builtin.body(runtime, subject, Bound(builtin.signature, arguments));
}

} // namespace rocmforge::jinja
