#include "scope.h"

#include "globals.h"
#include "json_input.h"

#include <algorithm>

namespace rocmforge::jinja {

void Scope::set(Symbol symbol, Value value)
{
    const auto found = std::ranges::find(variables_, symbol, &std::pair<Symbol, Value>::first);
    if (found != variables_.end())
        found->second = std::move(value);
    else
        variables_.emplace_back(symbol, std::move(value));
}

const Value* Scope::find(Symbol symbol) const
{
    for (const Scope* scope = this; scope; scope = scope->parent_.get()) {
        const auto found = std::ranges::find(scope->variables_, symbol, &std::pair<Symbol, Value>::first);
        if (found != scope->variables_.end())
            return &found->second;
    }
    return nullptr;
}

Context::Context(Runtime& runtime, const Template& source, const nlohmann::ordered_json& variables)
    : runtime_(runtime)
    , template_(source)
    , variables_(variables)
    , loaded_(source.names.size())
{
}

const Value& Context::lookup(Symbol symbol)
{
    std::optional<Value>& slot = loaded_[static_cast<size_t>(symbol)];
    if (!slot)
        slot = load(template_.names[static_cast<size_t>(symbol)]);
    return *slot;
}

Value Context::load(const std::string& name) const
{
    if (const auto found = variables_.find(name); found != variables_.end())
        return from_json(runtime_, *found);
    if (auto function = global_function(runtime_, name))
        return *std::move(function);
    return Value(Undefined{Value(name)});
}

} // namespace rocmforge::jinja
