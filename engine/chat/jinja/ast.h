// A parsed template: statements and expressions, immutable after parsing.
#pragma once

#include "value.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rocmforge::jinja {

struct Builtin;

struct Expression;
using ExpressionPtr = std::unique_ptr<const Expression>;

/// A name of the template, as an index into Template::names.
using Symbol = int;

enum class UnaryOperator { negate, plus, logical_not };
enum class BinaryOperator { add, subtract, multiply, divide, floor_divide, modulo, power };
enum class LogicalOperator { logical_and, logical_or };
enum class Comparator { equal, not_equal, less, less_equal, greater, greater_equal, in, not_in };

struct CallArguments {
    std::vector<ExpressionPtr> positional;
    std::vector<std::pair<std::string, ExpressionPtr>> named;
    ExpressionPtr spread_positional; ///< *args, or null
    ExpressionPtr spread_named; ///< **kwargs, or null
};

struct Literal {
    Value value;
};
struct Name {
    Symbol symbol = 0;
};
struct SequenceDisplay { ///< [a, b] and (a, b)
    SequenceKind kind = SequenceKind::list;
    std::vector<ExpressionPtr> items;
};
struct DictDisplay {
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
struct Unary {
    UnaryOperator op = UnaryOperator::negate;
    ExpressionPtr operand;
};
struct Binary {
    BinaryOperator op = BinaryOperator::add;
    ExpressionPtr left;
    ExpressionPtr right;
};
struct Logical {
    LogicalOperator op = LogicalOperator::logical_and;
    ExpressionPtr left;
    ExpressionPtr right;
};
struct Concatenation { ///< a ~ b ~ c
    std::vector<ExpressionPtr> parts;
};
struct Comparison { ///< a < b <= c
    ExpressionPtr first;
    std::vector<std::pair<Comparator, ExpressionPtr>> rest;
};
struct Conditional {
    ExpressionPtr condition;
    ExpressionPtr then;
    ExpressionPtr otherwise; ///< or null
};
struct Attribute { ///< object.name
    ExpressionPtr object;
    std::string name;
};
struct Subscript { ///< object[key]
    ExpressionPtr object;
    ExpressionPtr key;
};
struct Slice { ///< object[start:stop:step], each of the three may be null
    ExpressionPtr object;
    ExpressionPtr start;
    ExpressionPtr stop;
    ExpressionPtr step;
};
struct Call {
    ExpressionPtr callee;
    CallArguments arguments;
};
struct FilterCall {
    ExpressionPtr input; ///< null in filter and set blocks, where the block's text is the input
    std::string name;
    const Builtin* filter = nullptr; ///< null for an unknown one that may never be reached
    CallArguments arguments;
};
struct TestCall {
    ExpressionPtr input;
    std::string name;
    const Builtin* test = nullptr; ///< null for an unknown one that may never be reached
    CallArguments arguments;
};

struct Expression {
    using Node =
        std::variant<Literal, Name, SequenceDisplay, DictDisplay, Unary, Binary, Logical, Concatenation,
                     Comparison, Conditional, Attribute, Subscript, Slice, Call, FilterCall, TestCall>;
    Expression(int source_line, Node content);

    Node node;
    int line; ///< 1-based
    int depth; ///< longest path to a leaf: 1 for a leaf
};

struct Statement;
using Body = std::vector<Statement>;

/// What an assignment assigns to: a name, namespace.attribute, or several of them.
struct Target {
    struct NamespaceAttribute {
        Symbol object = 0;
        std::string name;
    };
    std::variant<Symbol, NamespaceAttribute, std::vector<Target>> node;
};

struct Parameter {
    std::string name;
    Symbol symbol = 0;
    ExpressionPtr fallback; ///< or null
};

/// A macro, or the body of a `call` block.
struct Procedure {
    std::string name;
    std::vector<Parameter> parameters;
    Body body;
    bool takes_varargs = false; ///< its body mentions varargs
    bool takes_kwargs = false;
    bool takes_caller = false;
};

struct TemplateText {
    std::string text;
};
struct Print {
    ExpressionPtr value;
};
struct If {
    std::vector<std::pair<ExpressionPtr, Body>> branches; ///< if and elif
    Body otherwise;
};
struct For {
    Target target;
    ExpressionPtr iterable;
    ExpressionPtr condition; ///< or null
    bool recursive = false;
    bool uses_loop = false; ///< the body mentions `loop`
    Body body;
    Body otherwise;
};
struct Set {
    Target target;
    ExpressionPtr value;
};
struct SetBlock {
    Target target;
    std::vector<FilterCall> filters;
    Body body;
};
struct MacroDefinition {
    Symbol symbol = 0;
    Procedure procedure;
};
struct CallBlock {
    ExpressionPtr call; ///< a Call
    Procedure caller;
};
struct With {
    std::vector<std::pair<Target, ExpressionPtr>> assignments;
    Body body;
};
struct FilterBlock {
    std::vector<FilterCall> filters;
    Body body;
};
/// A body with variables of its own: `block` and `generation`.
struct Scoped {
    Body body;
};
struct Break { };
struct Continue { };

struct Statement {
    using Node = std::variant<TemplateText, Print, If, For, Set, SetBlock, MacroDefinition, CallBlock, With,
                              FilterBlock, Scoped, Break, Continue>;
    Node node;
    int line = 0;
};

struct Template {
    std::vector<std::string> names; ///< by Symbol
    Body body;
};

/// Names that the interpreter sets have fixed symbols.
inline constexpr Symbol loop_symbol = 0;
inline constexpr Symbol caller_symbol = 1;
inline constexpr Symbol varargs_symbol = 2;
inline constexpr Symbol kwargs_symbol = 3;

} // namespace rocmforge::jinja
