// Where variables live.
#pragma once

#include "ast.h"
#include "runtime.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace rocmforge::jinja {

/// The variables of one run of a loop body, macro or block, inside those of the code around it.
/// Macros keep the scope alive in which they were defined.
class Scope {
public:
    explicit Scope(std::shared_ptr<const Scope> parent)
        : parent_(std::move(parent))
    {
    }

    void set(Symbol symbol, Value value);
    /// Here or further out; null when there is none.
    [[nodiscard]] const Value* find(Symbol symbol) const;

private:
    std::shared_ptr<const Scope> parent_;
    std::vector<std::pair<Symbol, Value>> variables_;
};

/// What the template is given: the caller's variables, and the global functions behind them.
class Context {
public:
    Context(Runtime& runtime, const Template& source, const nlohmann::ordered_json& variables);

    /// Undefined for an unknown name. Converted from JSON at its first use.
    [[nodiscard]] const Value& lookup(Symbol symbol);

private:
    [[nodiscard]] Value load(const std::string& name) const;

    Runtime& runtime_;
    const Template& template_;
    const nlohmann::ordered_json& variables_;
    std::vector<std::optional<Value>> loaded_; ///< by Symbol
};

} // namespace rocmforge::jinja
