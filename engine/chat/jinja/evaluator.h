// Computes expressions.
#pragma once

#include "ast.h"
#include "runtime.h"
#include "scope.h"

#include <memory>

namespace rocmforge::jinja {

class Evaluator {
public:
    Evaluator(Runtime& runtime, Context& context);

    [[nodiscard]] Value evaluate(const Expression& expression);
    [[nodiscard]] Value filtered(const FilterCall& call, const Value& input);
    /// A call with further named arguments behind those of the source.
    [[nodiscard]] Value call(const Call& call, Arguments extra);
    [[nodiscard]] const Value& lookup(Symbol symbol);
    void set(Symbol symbol, Value value) { scope_->set(symbol, std::move(value)); }
    [[nodiscard]] const std::shared_ptr<Scope>& scope() const { return scope_; }

    /// Makes a scope the current one for as long as it lives.
    class Entered {
    public:
        Entered(Evaluator& evaluator, std::shared_ptr<Scope> scope);
        ~Entered() { evaluator_.scope_ = std::move(outer_); }
        Entered(const Entered&) = delete;
        Entered& operator=(const Entered&) = delete;

    private:
        Evaluator& evaluator_;
        std::shared_ptr<Scope> outer_;
    };

private:
    [[nodiscard]] Value compute(const Literal& node);
    [[nodiscard]] Value compute(const Name& node);
    [[nodiscard]] Value compute(const SequenceDisplay& node);
    [[nodiscard]] Value compute(const DictDisplay& node);
    [[nodiscard]] Value compute(const Unary& node);
    [[nodiscard]] Value compute(const Binary& node);
    [[nodiscard]] Value compute(const Logical& node);
    [[nodiscard]] Value compute(const Concatenation& node);
    [[nodiscard]] Value compute(const Comparison& node);
    [[nodiscard]] Value compute(const Conditional& node);
    [[nodiscard]] Value compute(const Attribute& node);
    [[nodiscard]] Value compute(const Subscript& node);
    [[nodiscard]] Value compute(const Slice& node);
    [[nodiscard]] Value compute(const Call& node);
    [[nodiscard]] Value compute(const FilterCall& node);
    [[nodiscard]] Value compute(const TestCall& node);

    [[nodiscard]] Value evaluate_or_none(const ExpressionPtr& expression);
    [[nodiscard]] Arguments arguments(const CallArguments& node);
    void spread_named(Arguments& out, const Value& mapping);

    Runtime& runtime_;
    Context& context_;
    std::shared_ptr<Scope> scope_;
};

} // namespace rocmforge::jinja
