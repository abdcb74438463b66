#include "interpreter.h"

#include "comparison.h"
#include "macro.h"
#include "namespace.h"
#include "printing.h"

#include <utility>

namespace rocmforge::jinja {

/// Collects what is written while it lives.
class Interpreter::Capture {
public:
    explicit Capture(Interpreter& interpreter)
        : interpreter_(interpreter)
        , outer_(std::exchange(interpreter.out_, &text_))
    {
    }
    ~Capture() { interpreter_.out_ = outer_; }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    Interpreter& interpreter_;
    std::string* outer_;
    std::string text_;
};

Interpreter::Interpreter(const Template& source, Runtime& runtime, const nlohmann::ordered_json& variables)
    : template_(source)
    , runtime_(runtime)
    , context_(runtime, source, variables)
    , evaluator_(runtime, context_)
{
}

std::string Interpreter::render()
{
    return captured(template_.body);
}

Interpreter::Flow Interpreter::run(const Body& body)
{
    const Budget::Level level(runtime_.budget);
    for (const Statement& statement : body) {
        runtime_.budget.step();
        runtime_.line = statement.line;
        const Flow flow = std::visit([this](const auto& node) { return execute(node); }, statement.node);
        if (flow != Flow::next)
            return flow;
    }
    return Flow::next;
}

Interpreter::Flow Interpreter::run(const Body& body, std::shared_ptr<Scope> scope)
{
    const Evaluator::Entered entered(evaluator_, std::move(scope));
    return run(body);
}

std::string Interpreter::captured(const Body& body)
{
    Capture capture(*this);
    (void)run(body);
    return capture.take();
}

Value Interpreter::call(const Procedure& procedure, const std::shared_ptr<Scope>& definition,
                        const Arguments& arguments)
{
    const Budget::Level level(runtime_.budget);
    const int line = runtime_.line;
    const Evaluator::Entered entered(evaluator_, std::make_shared<Scope>(definition));
    bind_parameters(runtime_, evaluator_, procedure, arguments);
    std::string text = captured(procedure.body);
    runtime_.line = line;
    return runtime_.text(std::move(text));
}

Interpreter::Flow Interpreter::execute(const TemplateText& node)
{
    write(node.text);
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const Print& node)
{
    write(evaluator_.evaluate(*node.value));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const If& node)
{
    for (const auto& [condition, body] : node.branches) {
        if (is_true(evaluator_.evaluate(*condition)))
            return run(body);
    }
    return run(node.otherwise);
}

Interpreter::Flow Interpreter::execute(const For& node)
{
    return loop(node, evaluator_.evaluate(*node.iterable), 0);
}

Interpreter::Flow Interpreter::execute(const Set& node)
{
    assign(node.target, evaluator_.evaluate(*node.value));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const SetBlock& node)
{
    std::string text;
    {
        const Evaluator::Entered entered(evaluator_, new_scope());
        text = captured(node.body);
    }
    assign(node.target, filtered(node.filters, std::move(text)));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const MacroDefinition& node)
{
    evaluator_.set(node.symbol, Value(runtime_.create<Macro>(*this, node.procedure, evaluator_.scope())));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const CallBlock& node)
{
    Arguments extra;
    extra.named.emplace_back("caller", Value(runtime_.create<Macro>(*this, node.caller, evaluator_.scope())));
    write(evaluator_.call(std::get<Call>(node.call->node), std::move(extra)));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const With& node)
{
    std::vector<Value> values;
    values.reserve(node.assignments.size());
    for (const auto& [target, expression] : node.assignments)
        values.push_back(evaluator_.evaluate(*expression));
    const Evaluator::Entered entered(evaluator_, new_scope());
    for (size_t i = 0; i < values.size(); ++i)
        assign(node.assignments[i].first, std::move(values[i]));
    return run(node.body);
}

Interpreter::Flow Interpreter::execute(const FilterBlock& node)
{
    std::string text;
    {
        const Evaluator::Entered entered(evaluator_, new_scope());
        text = captured(node.body);
    }
    write(filtered(node.filters, std::move(text)));
    return Flow::next;
}

Interpreter::Flow Interpreter::execute(const Scoped& node)
{
    return run(node.body, new_scope());
}

Interpreter::Flow Interpreter::execute(const Break&)
{
    return Flow::break_loop;
}

Interpreter::Flow Interpreter::execute(const Continue&)
{
    return Flow::continue_loop;
}

Interpreter::Flow Interpreter::loop(const For& node, const Value& iterable, int depth)
{
    bool ran = false;
    if (node.uses_loop || node.recursive) {
        Loop& object = loop_object(node, items(node, iterable), depth);
        ran = iterate(node, [&] { return object.advance(); }, &object);
        object.finish();
    } else {
        ran = iterate(node, items(node, iterable), nullptr);
    }
    return ran ? Flow::next : run(node.otherwise, new_scope());
}

/// Whether there was any item.
bool Interpreter::iterate(const For& node, const ItemSource& next, Loop* loop)
{
    bool ran = false;
    for (auto item = next(); item; item = next()) {
        ran = true;
        const Evaluator::Entered entered(evaluator_, new_scope());
        if (loop)
            evaluator_.set(loop_symbol, Value(*loop));
        assign(node.target, *std::move(item));
        if (run(node.body) == Flow::break_loop)
            break;
    }
    return ran;
}

/// Those that pass the loop's condition, which is computed only when the loop gets there.
ItemSource Interpreter::items(const For& node, const Value& iterable)
{
    return [this, &node, cursor = Cursor(runtime_.budget, iterable), outer = evaluator_.scope()]() mutable {
        auto item = cursor.next();
        while (item && node.condition) {
            const Evaluator::Entered entered(evaluator_, std::make_shared<Scope>(outer));
            assign(node.target, *item);
            if (is_true(evaluator_.evaluate(*node.condition)))
                break;
            item = cursor.next();
        }
        return item;
    };
}

Loop& Interpreter::loop_object(const For& node, ItemSource source, int depth)
{
    Loop::Recursion recursion;
    if (node.recursive)
        recursion = [this, &node, depth, outer = evaluator_.scope()](const Value& iterable) {
            const Evaluator::Entered entered(evaluator_, outer);
            Capture capture(*this);
            (void)loop(node, iterable, depth + 1);
            return runtime_.text(capture.take());
        };
    return runtime_.create<Loop>(std::move(source), depth, std::move(recursion));
}

void Interpreter::write(const Value& value)
{
    if (const Text* text = value.text())
        write(text->bytes);
    else
        write(str(runtime_.budget, value));
}

void Interpreter::write(std::string_view text)
{
    runtime_.budget.write(text.size());
    *out_ += text;
}

void Interpreter::assign(const Target& target, Value value)
{
    if (const Symbol* symbol = std::get_if<Symbol>(&target.node))
        evaluator_.set(*symbol, std::move(value));
    else if (const auto* attribute = std::get_if<Target::NamespaceAttribute>(&target.node))
        assign_attribute(*attribute, std::move(value));
    else
        unpack(std::get<std::vector<Target>>(target.node), value);
}

void Interpreter::assign_attribute(const Target::NamespaceAttribute& target, Value value)
{
    auto* object = dynamic_cast<Namespace*>(evaluator_.lookup(target.object).object());
    if (!object)
        raise(Fault::runtime, "cannot assign attribute on non-namespace object");
    runtime_.budget.allocate(target.name.size() + sizeof(Dict::Entry));
    object->set(target.name, std::move(value));
}

void Interpreter::unpack(const std::vector<Target>& targets, const Value& value)
{
    if (!is_iterable(value))
        raise(Fault::type, {"cannot unpack non-iterable ", type_name(value), " object"});
    std::vector<Value> items = items_of(runtime_, value);
    if (items.size() > targets.size())
        raise(Fault::value, {"too many values to unpack (expected ", std::to_string(targets.size()), ")"});
    if (items.size() < targets.size())
        raise(Fault::value,
              {"not enough values to unpack (expected ", std::to_string(targets.size()), ", got ",
               std::to_string(items.size()), ")"});
    for (size_t i = 0; i < targets.size(); ++i)
        assign(targets[i], std::move(items[i]));
}

Value Interpreter::filtered(const std::vector<FilterCall>& filters, std::string text)
{
    Value value = runtime_.text(std::move(text));
    for (const FilterCall& call : filters)
        value = evaluator_.filtered(call, value);
    return value;
}

} // namespace rocmforge::jinja
