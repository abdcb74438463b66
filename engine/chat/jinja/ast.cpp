#include "ast.h"

#include <algorithm>
#include <initializer_list>

namespace rocmforge::jinja {

namespace {

int deepest(std::initializer_list<const ExpressionPtr*> children)
{
    int depth = 0;
    for (const ExpressionPtr* child : children) {
        if (*child)
            depth = std::max(depth, (*child)->depth);
    }
    return depth;
}

int deepest(const std::vector<ExpressionPtr>& children)
{
    int depth = 0;
    for (const ExpressionPtr& child : children)
        depth = std::max(depth, child->depth);
    return depth;
}

int deepest(const CallArguments& arguments)
{
    int depth = std::max(deepest(arguments.positional),
                         deepest({&arguments.spread_positional, &arguments.spread_named}));
    for (const auto& [name, value] : arguments.named)
        depth = std::max(depth, value->depth);
    return depth;
}

/// The greatest depth among the children of a node.
struct ChildDepth {
    int operator()(const Literal&) const { return 0; }
    int operator()(const Name&) const { return 0; }
    int operator()(const SequenceDisplay& node) const { return deepest(node.items); }
    int operator()(const DictDisplay& node) const
    {
        int depth = 0;
        for (const auto& [key, value] : node.entries)
            depth = std::max(depth, deepest({&key, &value}));
        return depth;
    }
    int operator()(const Unary& node) const { return deepest({&node.operand}); }
    int operator()(const Binary& node) const { return deepest({&node.left, &node.right}); }
    int operator()(const Logical& node) const { return deepest({&node.left, &node.right}); }
    int operator()(const Concatenation& node) const { return deepest(node.parts); }
    int operator()(const Comparison& node) const
    {
        int depth = node.first->depth;
        for (const auto& [comparator, operand] : node.rest)
            depth = std::max(depth, operand->depth);
        return depth;
    }
    int operator()(const Conditional& node) const
    {
        return deepest({&node.condition, &node.then, &node.otherwise});
    }
    int operator()(const Attribute& node) const { return deepest({&node.object}); }
    int operator()(const Subscript& node) const { return deepest({&node.object, &node.key}); }
    int operator()(const Slice& node) const
    {
        return deepest({&node.object, &node.start, &node.stop, &node.step});
    }
    int operator()(const Call& node) const
    {
        return std::max(deepest({&node.callee}), deepest(node.arguments));
    }
    int operator()(const FilterCall& node) const
    {
        return std::max(deepest({&node.input}), deepest(node.arguments));
    }
    int operator()(const TestCall& node) const
    {
        return std::max(deepest({&node.input}), deepest(node.arguments));
    }
};

} // namespace

Expression::Expression(int source_line, Node content)
    : node(std::move(content))
    , line(source_line)
    , depth(1 + std::visit(ChildDepth{}, node))
{
}

} // namespace rocmforge::jinja
