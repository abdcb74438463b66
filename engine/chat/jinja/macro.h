// A macro, and the `caller` of a call block, as a value.
#pragma once

#include "ast.h"
#include "runtime.h"
#include "scope.h"

#include <memory>
#include <string_view>

namespace rocmforge::jinja {

class Evaluator;
class Interpreter;

class Macro : public Object {
public:
    Macro(Interpreter& interpreter, const Procedure& procedure, std::shared_ptr<Scope> definition)
        : interpreter_(interpreter)
        , procedure_(procedure)
        , definition_(std::move(definition))
    {
    }

    [[nodiscard]] std::string_view type_name() const override { return "Macro"; }
    [[nodiscard]] std::string repr(Budget& budget) override;
    [[nodiscard]] std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
    [[nodiscard]] bool is_callable() const override { return true; }
    [[nodiscard]] Value call(Runtime& runtime, const Arguments& arguments) override;

private:
    Interpreter& interpreter_;
    const Procedure& procedure_;
    std::shared_ptr<Scope> definition_; ///< where its free variables are looked up
};

/// Sets the parameters of a procedure in the scope of its body; defaults are computed there, each
/// seeing the parameters before it. TypeError where the arguments do not fit.
void bind_parameters(Runtime& runtime, Evaluator& evaluator, const Procedure& procedure,
                     const Arguments& arguments);

} // namespace rocmforge::jinja
