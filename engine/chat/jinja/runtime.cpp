#include "runtime.h"

namespace rocmforge::jinja {

namespace {

constexpr size_t node_bytes = 64; // what a shared allocation costs beside its content

} // namespace

Value Runtime::text(std::string bytes, TextKind kind)
{
    budget.allocate(node_bytes + bytes.size());
    return Value(std::move(bytes), kind);
}

Value Runtime::list(std::vector<Value> items)
{
    return sequence({SequenceKind::list, std::move(items)});
}

Value Runtime::tuple(std::vector<Value> items)
{
    return sequence({SequenceKind::tuple, std::move(items)});
}

Value Runtime::sequence(Sequence sequence)
{
    budget.allocate(node_bytes + sequence.items.size() * sizeof(Value));
    return Value(std::move(sequence));
}

Value Runtime::dict(Dict dict)
{
    budget.allocate(node_bytes + dict.size() * (sizeof(Dict::Entry) + node_bytes));
    return Value(std::move(dict));
}

Value Runtime::generator(std::vector<Value> items)
{
    budget.allocate(items.size() * sizeof(Value));
    return Value(create<Generator>(std::move(items)));
}

Value Runtime::function(std::string name, Function::Body body)
{
    return Value(create<Function>(std::move(name), std::move(body)));
}

} // namespace rocmforge::jinja
