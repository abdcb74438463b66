#include "evaluator.h"

#include "access.h"
#include "arithmetic.h"
#include "builtin.h"
#include "comparison.h"
#include "concat.h"
#include "iteration.h"
#include "methods.h"
#include "printing.h"
#include "slice.h"

#include <algorithm>
#include <iterator>

namespace rocmforge::jinja {

namespace {

Value call_value(Runtime& runtime, const Value& callee, const Arguments& arguments)
{
    require_defined(callee);
    if (Object* object = callee.object())
        return object->call(runtime, arguments);
    raise(Fault::type, {"'", type_name(callee), "' object is not callable"});
}

} // namespace

Evaluator::Evaluator(Runtime& runtime, Context& context)
    : runtime_(runtime)
    , context_(context)
    , scope_(std::make_shared<Scope>(nullptr))
{
}

Evaluator::Entered::Entered(Evaluator& evaluator, std::shared_ptr<Scope> scope)
    : evaluator_(evaluator)
    , outer_(std::exchange(evaluator.scope_, std::move(scope)))
{
}

Value Evaluator::evaluate(const Expression& expression)
{
    const Budget::Level level(runtime_.budget);
    runtime_.budget.step();
    runtime_.line = expression.line;
    return std::visit([this](const auto& node) { return compute(node); }, expression.node);
}

const Value& Evaluator::lookup(Symbol symbol)
{
    const Value* variable = scope_->find(symbol);
    return variable ? *variable : context_.lookup(symbol);
}

Value Evaluator::filtered(const FilterCall& call, const Value& input)
{
    if (!call.filter)
        raise(Fault::runtime, {"No filter named ", in_quotes(call.name), " found."});
    return call_builtin(runtime_, *call.filter, input, arguments(call.arguments));
}

Value Evaluator::call(const Call& call, Arguments extra)
{
    const Value callee = evaluate(*call.callee);
    Arguments all = arguments(call.arguments);
    std::ranges::move(extra.named, std::back_inserter(all.named));
    return call_value(runtime_, callee, all);
}

Value Evaluator::compute(const Literal& node)
{
    return node.value;
}

Value Evaluator::compute(const Name& node)
{
    return lookup(node.symbol);
}

Value Evaluator::compute(const SequenceDisplay& node)
{
    std::vector<Value> items;
    items.reserve(node.items.size());
    for (const ExpressionPtr& item : node.items)
        items.push_back(evaluate(*item));
    return runtime_.sequence({node.kind, std::move(items)});
}

Value Evaluator::compute(const DictDisplay& node)
{
    Dict dict;
    for (const auto& [key, value] : node.entries) {
        Value name = evaluate(*key);
        dict.set(runtime_.budget, std::move(name), evaluate(*value));
    }
    return runtime_.dict(std::move(dict));
}

Value Evaluator::compute(const Unary& node)
{
    const Value operand = evaluate(*node.operand);
    switch (node.op) {
    case UnaryOperator::negate:
        return negate(operand);
    case UnaryOperator::plus:
        return plus(operand);
    case UnaryOperator::logical_not:
        return Value(!is_true(operand));
    }
    return Value();
}

Value Evaluator::compute(const Binary& node)
{
    const Value left = evaluate(*node.left);
    const Value right = evaluate(*node.right);
    return arithmetic(runtime_, node.op, left, right);
}

Value Evaluator::compute(const Logical& node)
{
    Value left = evaluate(*node.left);
    const bool decided = is_true(left) == (node.op == LogicalOperator::logical_or);
    return decided ? left : evaluate(*node.right);
}

Value Evaluator::compute(const Concatenation& node)
{
    std::string out;
    for (const ExpressionPtr& part : node.parts) {
        const size_t before = out.size();
        append_str(runtime_.budget, out, evaluate(*part));
        runtime_.budget.allocate(out.size() - before);
    }
    return runtime_.text(std::move(out));
}

Value Evaluator::compute(const Comparison& node)
{
    Value left = evaluate(*node.first);
    for (const auto& [comparator, operand] : node.rest) {
        Value right = evaluate(*operand);
        if (!compare(runtime_.budget, comparator, left, right))
            return Value(false);
        left = std::move(right);
    }
    return Value(true);
}

Value Evaluator::compute(const Conditional& node)
{
    if (is_true(evaluate(*node.condition)))
        return evaluate(*node.then);
    if (node.otherwise)
        return evaluate(*node.otherwise);
    return Value(Undefined{{},
                           {},
                           concat({"the inline if-expression on line ", std::to_string(node.condition->line),
                                   " evaluated to false and no else section was defined."})});
}

Value Evaluator::compute(const Attribute& node)
{
    return get_attribute(runtime_, evaluate(*node.object), node.name);
}

Value Evaluator::compute(const Subscript& node)
{
    const Value object = evaluate(*node.object);
    return get_item(runtime_, object, evaluate(*node.key));
}

Value Evaluator::compute(const Slice& node)
{
    const Value object = evaluate(*node.object);
    const Value start = evaluate_or_none(node.start);
    const Value stop = evaluate_or_none(node.stop);
    return get_slice(runtime_, object, start, stop, evaluate_or_none(node.step));
}

Value Evaluator::compute(const Call& node)
{
    // A method that is called at once needs no object of its own.
    if (const auto* attribute = std::get_if<Attribute>(&node.callee->node)) {
        const Value self = evaluate(*attribute->object);
        require_defined(self);
        if (const Builtin* method = find_method(self, attribute->name))
            return call_method(runtime_, *method, self, arguments(node.arguments));
        const Value callee = get_attribute(runtime_, self, attribute->name);
        return call_value(runtime_, callee, arguments(node.arguments));
    }
    return call(node, {});
}

Value Evaluator::compute(const FilterCall& node)
{
    return filtered(node, evaluate(*node.input));
}

Value Evaluator::compute(const TestCall& node)
{
    const Value subject = evaluate(*node.input);
    if (!node.test)
        raise(Fault::runtime, {"No test named ", in_quotes(node.name), " found."});
    return call_builtin(runtime_, *node.test, subject, arguments(node.arguments));
}

Value Evaluator::evaluate_or_none(const ExpressionPtr& expression)
{
    return expression ? evaluate(*expression) : Value();
}

Arguments Evaluator::arguments(const CallArguments& node)
{
    Arguments out;
    out.positional.reserve(node.positional.size());
    for (const ExpressionPtr& argument : node.positional)
        out.positional.push_back(evaluate(*argument));
    for (const auto& [name, argument] : node.named)
        out.named.emplace_back(name, evaluate(*argument));
    if (node.spread_positional)
        std::ranges::move(items_of(runtime_, evaluate(*node.spread_positional)),
                          std::back_inserter(out.positional));
    if (node.spread_named)
        spread_named(out, evaluate(*node.spread_named));
    return out;
}

void Evaluator::spread_named(Arguments& out, const Value& mapping)
{
    if (!mapping.dict())
        raise(Fault::type, {"argument after ** must be a mapping, not ", type_name(mapping)});
    for (const auto& [key, value] : mapping.dict()->entries()) {
        if (!key.text())
            raise(Fault::type, "keywords must be strings");
        out.named.emplace_back(key.text()->bytes, value);
    }
}

} // namespace rocmforge::jinja
