#include "expression_parser.h"

#include "filters.h"
#include "printing.h"
#include "tests.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

constexpr int max_expression_depth = 300; // of the tree: long chains of operators nest as well

struct ComparatorSign {
    std::string_view sign;
    Comparator comparator;
};
constexpr std::array<ComparatorSign, 6> comparator_signs{{
    {"==", Comparator::equal},
    {"!=", Comparator::not_equal},
    {"<", Comparator::less},
    {"<=", Comparator::less_equal},
    {">", Comparator::greater},
    {">=", Comparator::greater_equal},
}};

struct BinarySign {
    std::string_view sign;
    BinaryOperator op;
};
constexpr std::array<BinarySign, 4> product_signs{{
    {"*", BinaryOperator::multiply},
    {"/", BinaryOperator::divide},
    {"//", BinaryOperator::floor_divide},
    {"%", BinaryOperator::modulo},
}};

const BinarySign* find_product(const TokenStream& tokens)
{
    const auto found = std::ranges::find_if(
        product_signs, [&](const BinarySign& sign) { return tokens.at_sign(sign.sign); });
    return found == product_signs.end() ? nullptr : &*found;
}

} // namespace

ExpressionPtr ExpressionParser::make(int line, Expression::Node node)
{
    auto expression = std::make_unique<const Expression>(line, std::move(node));
    if (expression->depth > max_expression_depth)
        TokenStream::fail("the expression is nested too deeply", line);
    return expression;
}

ExpressionPtr ExpressionParser::expression(Conditionals conditionals)
{
    const ParserState::Level level(state_);
    return conditionals == Conditionals::allowed ? conditional() : logical_or();
}

bool ExpressionParser::at_end_of_tuple(std::string_view end) const
{
    return tokens_.at(TokenKind::variable_end) || tokens_.at(TokenKind::block_end) || tokens_.at_sign(")")
        || (!end.empty() && tokens_.at_name(end));
}

ExpressionPtr ExpressionParser::expressions(Conditionals conditionals, std::string_view end)
{
    const int line = tokens_.line();
    std::vector<ExpressionPtr> items;
    bool is_tuple = false;
    while (!at_end_of_tuple(end)) {
        items.push_back(expression(conditionals));
        if (!tokens_.skip_sign(","))
            break;
        is_tuple = true;
    }
    if (items.empty())
        tokens_.fail("Expected an expression, got " + in_quotes(describe(tokens_.current())));
    if (!is_tuple)
        return std::move(items.front());
    return make(line, SequenceDisplay{SequenceKind::tuple, std::move(items)});
}

ExpressionPtr ExpressionParser::conditional()
{
    const int line = tokens_.line();
    const size_t unknown_before = state_.unknown_names.size();
    ExpressionPtr value = logical_or();
    while (tokens_.skip_name("if")) {
        ExpressionPtr condition = logical_or();
        ExpressionPtr otherwise;
        if (tokens_.skip_name("else"))
            otherwise = expression();
        value = make(line, Conditional{std::move(condition), std::move(value), std::move(otherwise)});
        state_.unknown_names.resize(std::min(unknown_before, state_.unknown_names.size()));
    }
    return value;
}

ExpressionPtr ExpressionParser::logical_or()
{
    const int line = tokens_.line();
    ExpressionPtr left = logical_and();
    while (tokens_.skip_name("or")) {
        ExpressionPtr right = logical_and();
        left = make(line, Logical{LogicalOperator::logical_or, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::logical_and()
{
    const int line = tokens_.line();
    ExpressionPtr left = logical_not();
    while (tokens_.skip_name("and")) {
        ExpressionPtr right = logical_not();
        left = make(line, Logical{LogicalOperator::logical_and, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::logical_not()
{
    const int line = tokens_.line();
    if (!tokens_.skip_name("not"))
        return comparison();
    const ParserState::Level level(state_);
    return make(line, Unary{UnaryOperator::logical_not, logical_not()});
}

std::optional<Comparator> ExpressionParser::comparator()
{
    if (tokens_.skip_name("in"))
        return Comparator::in;
    if (tokens_.at_name("not") && tokens_.name_follows("in")) {
        tokens_.next();
        tokens_.next();
        return Comparator::not_in;
    }
    for (const auto& [sign, comparator] : comparator_signs) {
        if (tokens_.skip_sign(sign))
            return comparator;
    }
    return std::nullopt;
}

ExpressionPtr ExpressionParser::comparison()
{
    const int line = tokens_.line();
    ExpressionPtr first = sum();
    std::vector<std::pair<Comparator, ExpressionPtr>> rest;
    while (const auto found = comparator())
        rest.emplace_back(*found, sum());
    if (rest.empty())
        return first;
    return make(line, Comparison{std::move(first), std::move(rest)});
}

ExpressionPtr ExpressionParser::sum()
{
    const int line = tokens_.line();
    ExpressionPtr left = concatenation();
    while (tokens_.at_sign("+") || tokens_.at_sign("-")) {
        const auto op = tokens_.next().text == "+" ? BinaryOperator::add : BinaryOperator::subtract;
        ExpressionPtr right = concatenation();
        left = make(line, Binary{op, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::concatenation()
{
    const int line = tokens_.line();
    Concatenation node;
    do
        node.parts.push_back(product());
    while (tokens_.skip_sign("~"));
    if (node.parts.size() == 1)
        return std::move(node.parts.front());
    return make(line, std::move(node));
}

ExpressionPtr ExpressionParser::product()
{
    const int line = tokens_.line();
    ExpressionPtr left = power();
    while (const BinarySign* sign = find_product(tokens_)) {
        tokens_.next();
        ExpressionPtr right = power();
        left = make(line, Binary{sign->op, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::power()
{
    const int line = tokens_.line();
    ExpressionPtr left = unary();
    while (tokens_.skip_sign("**")) {
        ExpressionPtr right = unary();
        left = make(line, Binary{BinaryOperator::power, std::move(left), std::move(right)});
    }
    return left;
}

ExpressionPtr ExpressionParser::unary()
{
    return filters_and_tests(signed_primary());
}

// Unlike in Python, a sign binds more tightly than a power, a filter or a test.
ExpressionPtr ExpressionParser::signed_primary()
{
    const int line = tokens_.line();
    if (!tokens_.at_sign("-") && !tokens_.at_sign("+"))
        return postfix(primary());
    const ParserState::Level level(state_);
    const auto op = tokens_.next().text == "-" ? UnaryOperator::negate : UnaryOperator::plus;
    return postfix(make(line, Unary{op, signed_primary()}));
}

ExpressionPtr ExpressionParser::filters_and_tests(ExpressionPtr input)
{
    for (;;) {
        const int line = tokens_.line();
        if (tokens_.at_sign("|"))
            input = filters(std::move(input));
        else if (tokens_.at_name("is"))
            input = test(std::move(input));
        else if (tokens_.at_sign("("))
            input = make(line, Call{std::move(input), call_arguments()});
        else
            return input;
    }
}

ExpressionPtr ExpressionParser::filters(ExpressionPtr input)
{
    while (tokens_.skip_sign("|")) {
        const int line = tokens_.line();
        FilterCall call = filter();
        call.input = std::move(input);
        input = make(line, std::move(call));
    }
    return input;
}

FilterCall ExpressionParser::filter()
{
    const int line = tokens_.line();
    FilterCall call;
    call.name = dotted_name();
    call.filter = find_filter(call.name);
    if (!call.filter)
        state_.report_unknown("filter", call.name, line);
    if (tokens_.at_sign("("))
        call.arguments = call_arguments();
    return call;
}

std::string ExpressionParser::dotted_name()
{
    std::string name(tokens_.expect(TokenKind::name, "name").text);
    while (tokens_.skip_sign("."))
        (name += '.') += tokens_.expect(TokenKind::name, "name").text;
    return name;
}

ExpressionPtr ExpressionParser::test(ExpressionPtr input)
{
    const int line = tokens_.next().line;
    const bool negated = tokens_.skip_name("not");
    TestCall call;
    call.name = dotted_name();
    call.test = find_test(call.name);
    if (!call.test)
        state_.report_unknown("test", call.name, line);
    call.input = std::move(input);
    call.arguments = test_arguments();
    ExpressionPtr node = make(line, std::move(call));
    return negated ? make(line, Unary{UnaryOperator::logical_not, std::move(node)}) : std::move(node);
}

/// In brackets, or a single one without them: `x is divisibleby 3`.
CallArguments ExpressionParser::test_arguments()
{
    if (tokens_.at_sign("("))
        return call_arguments();
    CallArguments arguments;
    const bool literal = tokens_.at(TokenKind::string) || tokens_.at(TokenKind::integer)
        || tokens_.at(TokenKind::floating) || tokens_.at_sign("[") || tokens_.at_sign("{");
    const bool variable = tokens_.at(TokenKind::name) && !tokens_.at_name("else") && !tokens_.at_name("or")
        && !tokens_.at_name("and");
    if (tokens_.at_name("is"))
        tokens_.fail("You cannot chain multiple tests with is");
    if (literal || variable)
        arguments.positional.push_back(postfix(primary()));
    return arguments;
}

} // namespace rocmforge::jinja
