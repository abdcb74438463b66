#include "macro.h"

#include "concat.h"
#include "evaluator.h"
#include "interpreter.h"
#include "printing.h"

#include <algorithm>

namespace rocmforge::jinja {

namespace {

/// The arguments of a call that no parameter has taken yet.
class Unbound {
public:
    using Named = std::pair<std::string, Value>;

    explicit Unbound(const Arguments& arguments)
    {
        for (const Named& argument : arguments.named)
            rest_.push_back(&argument);
    }

    /// Null when there is none of that name.
    const Value* take(std::string_view name)
    {
        const auto found = std::ranges::find(rest_, name, &Named::first);
        if (found == rest_.end())
            return nullptr;
        const Value* value = &(*found)->second;
        rest_.erase(found);
        return value;
    }

    [[nodiscard]] const std::vector<const Named*>& rest() const { return rest_; }

private:
    std::vector<const Named*> rest_;
};

Value not_provided(std::string_view name)
{
    return Value(Undefined{{}, {}, "parameter " + in_quotes(name) + " was not provided"});
}

Value to_dict(Runtime& runtime, const std::vector<const Unbound::Named*>& arguments)
{
    Dict dict;
    for (const Unbound::Named* argument : arguments)
        dict.set(argument->first, argument->second);
    return runtime.dict(std::move(dict));
}

void bind_extra_named(Runtime& runtime, Evaluator& evaluator, const Procedure& procedure,
                      const Unbound& unbound)
{
    if (procedure.takes_kwargs)
        return evaluator.set(kwargs_symbol, to_dict(runtime, unbound.rest()));
    if (std::ranges::find(unbound.rest(), "caller", &Unbound::Named::first) != unbound.rest().end())
        raise(Fault::type,
              {"macro ", in_quotes(procedure.name),
               " was invoked with two values for the special caller argument. This is most likely a bug."});
    if (!unbound.rest().empty())
        raise(Fault::type,
              {"macro ", in_quotes(procedure.name), " takes no keyword argument ",
               in_quotes(unbound.rest().front()->first)});
}

void bind_extra_positional(Runtime& runtime, Evaluator& evaluator, const Procedure& procedure,
                           const std::vector<Value>& positional)
{
    const size_t count = procedure.parameters.size();
    const auto extra = positional.begin() + static_cast<std::ptrdiff_t>(std::min(count, positional.size()));
    if (procedure.takes_varargs)
        return evaluator.set(varargs_symbol, runtime.tuple({extra, positional.end()}));
    if (extra != positional.end())
        raise(Fault::type,
              {"macro ", in_quotes(procedure.name), " takes not more than ", std::to_string(count),
               " argument(s)"});
}

bool has_parameter(const Procedure& procedure, Symbol symbol)
{
    return std::ranges::find(procedure.parameters, symbol, &Parameter::symbol) != procedure.parameters.end();
}

} // namespace

std::string Macro::repr(Budget&)
{
    return concat({"<Macro ", in_quotes(procedure_.name), ">"});
}

std::optional<Value> Macro::attribute(Runtime& runtime, std::string_view name)
{
    if (name == "name")
        return runtime.text(procedure_.name);
    if (name == "catch_kwargs")
        return Value(procedure_.takes_kwargs);
    if (name == "catch_varargs")
        return Value(procedure_.takes_varargs);
    if (name == "caller")
        return Value(procedure_.takes_caller);
    if (name != "arguments")
        return std::nullopt;
    std::vector<Value> names;
    names.reserve(procedure_.parameters.size());
    for (const Parameter& parameter : procedure_.parameters)
        names.push_back(runtime.text(parameter.name));
    return runtime.tuple(std::move(names));
}

Value Macro::call(Runtime&, const Arguments& arguments)
{
    return interpreter_.call(procedure_, definition_, arguments);
}

void bind_parameters(Runtime& runtime, Evaluator& evaluator, const Procedure& procedure,
                     const Arguments& arguments)
{
    Unbound unbound(arguments);
    for (size_t i = 0; i < procedure.parameters.size(); ++i) {
        const Parameter& parameter = procedure.parameters[i];
        if (i < arguments.positional.size())
            evaluator.set(parameter.symbol, arguments.positional[i]);
        else if (const Value* value = unbound.take(parameter.name))
            evaluator.set(parameter.symbol, *value);
        else if (parameter.fallback)
            evaluator.set(parameter.symbol, evaluator.evaluate(*parameter.fallback));
        else
            evaluator.set(parameter.symbol, not_provided(parameter.name));
    }
    if (procedure.takes_caller && !has_parameter(procedure, caller_symbol)) {
        const Value* caller = unbound.take("caller");
        evaluator.set(caller_symbol, caller ? *caller : Value(Undefined{{}, {}, "No caller defined"}));
    }
    bind_extra_named(runtime, evaluator, procedure, unbound);
    bind_extra_positional(runtime, evaluator, procedure, arguments.positional);
}

} // namespace rocmforge::jinja
