// What expressions are built from: literals, names, lists and dicts, and the attributes, subscripts and
// calls behind them.
#include "expression_parser.h"

#include "number_parse.h"
#include "printing.h"
#include "string_literal.h"

namespace rocmforge::jinja {

ExpressionPtr ExpressionParser::primary()
{
    const Token& token = tokens_.current();
    switch (token.kind) {
    case TokenKind::name:
        return name();
    case TokenKind::string:
        return string();
    case TokenKind::integer:
        return integer();
    case TokenKind::floating:
        return floating();
    default:
        break;
    }
    if (tokens_.at_sign("("))
        return parenthesized();
    if (tokens_.at_sign("["))
        return list();
    if (tokens_.at_sign("{"))
        return dict();
    tokens_.fail("unexpected " + in_quotes(describe(token)));
}

ExpressionPtr ExpressionParser::name()
{
    const Token token = tokens_.next();
    if (token.text == "true" || token.text == "True")
        return make(token.line, Literal{Value(true)});
    if (token.text == "false" || token.text == "False")
        return make(token.line, Literal{Value(false)});
    if (token.text == "none" || token.text == "None")
        return make(token.line, Literal{Value()});
    return make(token.line, Name{state_.use(token.text)});
}

/// Strings that stand side by side are one.
ExpressionPtr ExpressionParser::string()
{
    const int line = tokens_.line();
    std::string text;
    while (tokens_.at(TokenKind::string)) {
        const auto decoded = decode_string(tokens_.current().text);
        if (!decoded)
            tokens_.fail("the string has an escape sequence that means no character");
        text += *decoded;
        tokens_.next();
    }
    return make(line, Literal{Value(std::move(text))});
}

ExpressionPtr ExpressionParser::integer()
{
    const Token token = tokens_.next();
    const auto number = parse_integer(token.text, 0);
    if (!number)
        TokenStream::fail("the integer " + std::string(token.text) + " does not fit into 64 bits",
                          token.line);
    return make(token.line, Literal{Value(*number)});
}

ExpressionPtr ExpressionParser::floating()
{
    const Token token = tokens_.next();
    return make(token.line, Literal{Value(parse_float(token.text).value_or(0))});
}

ExpressionPtr ExpressionParser::parenthesized()
{
    const int line = tokens_.next().line;
    if (tokens_.skip_sign(")"))
        return make(line, SequenceDisplay{SequenceKind::tuple, {}});
    ExpressionPtr inner = expressions();
    tokens_.expect_sign(")");
    return inner;
}

ExpressionPtr ExpressionParser::list()
{
    const int line = tokens_.next().line;
    SequenceDisplay node{SequenceKind::list, {}};
    while (!tokens_.at_sign("]")) {
        if (!node.items.empty())
            tokens_.expect_sign(",");
        if (!tokens_.at_sign("]"))
            node.items.push_back(expression());
    }
    tokens_.next();
    return make(line, std::move(node));
}

ExpressionPtr ExpressionParser::dict()
{
    const int line = tokens_.next().line;
    DictDisplay node;
    while (!tokens_.at_sign("}")) {
        if (!node.entries.empty())
            tokens_.expect_sign(",");
        if (tokens_.at_sign("}"))
            break;
        ExpressionPtr key = expression();
        tokens_.expect_sign(":");
        node.entries.emplace_back(std::move(key), expression());
    }
    tokens_.next();
    return make(line, std::move(node));
}

ExpressionPtr ExpressionParser::postfix(ExpressionPtr object)
{
    for (;;) {
        const int line = tokens_.line();
        if (tokens_.at_sign("."))
            object = member(std::move(object));
        else if (tokens_.at_sign("["))
            object = subscript(std::move(object));
        else if (tokens_.at_sign("("))
            object = make(line, Call{std::move(object), call_arguments()});
        else
            return object;
    }
}

/// .name or .0
ExpressionPtr ExpressionParser::member(ExpressionPtr object)
{
    const int line = tokens_.next().line;
    if (tokens_.at(TokenKind::integer))
        return make(line, Subscript{std::move(object), integer()});
    if (!tokens_.at(TokenKind::name))
        tokens_.fail("expected name or number");
    return make(line, Attribute{std::move(object), std::string(tokens_.next().text)});
}

ExpressionPtr ExpressionParser::subscript(ExpressionPtr object)
{
    const int line = tokens_.next().line;
    std::vector<ExpressionPtr> keys;
    while (!tokens_.at_sign("]")) {
        if (!keys.empty())
            tokens_.expect_sign(",");
        ExpressionPtr key = tokens_.at_sign(":") ? nullptr : expression();
        if (tokens_.at_sign(":"))
            return slice(std::move(object), std::move(key));
        keys.push_back(std::move(key));
    }
    tokens_.next();
    if (keys.size() == 1)
        return make(line, Subscript{std::move(object), std::move(keys.front())});
    return make(
        line,
        Subscript{std::move(object), make(line, SequenceDisplay{SequenceKind::tuple, std::move(keys)})});
}

ExpressionPtr ExpressionParser::slice(ExpressionPtr object, ExpressionPtr start)
{
    const int line = tokens_.next().line;
    ExpressionPtr stop = slice_part();
    ExpressionPtr step;
    if (tokens_.skip_sign(":"))
        step = slice_part();
    tokens_.expect_sign("]");
    return make(line, Slice{std::move(object), std::move(start), std::move(stop), std::move(step)});
}

ExpressionPtr ExpressionParser::slice_part()
{
    return tokens_.at_sign(":") || tokens_.at_sign("]") ? nullptr : expression();
}

CallArguments ExpressionParser::call_arguments()
{
    const ParserState::Level level(state_);
    const int line = tokens_.next().line;
    CallArguments arguments;
    for (bool first = true; !tokens_.at_sign(")"); first = false) {
        if (!first) {
            tokens_.expect_sign(",");
            if (tokens_.at_sign(")"))
                break;
        }
        call_argument(arguments, line);
    }
    tokens_.next();
    return arguments;
}

void ExpressionParser::call_argument(CallArguments& arguments, int line)
{
    const auto require = [&](bool in_order) {
        if (!in_order)
            TokenStream::fail("invalid syntax for function call expression", line);
    };
    const bool nothing_spread = !arguments.spread_positional && !arguments.spread_named;
    if (tokens_.skip_sign("*")) {
        require(nothing_spread);
        arguments.spread_positional = expression();
    } else if (tokens_.skip_sign("**")) {
        require(!arguments.spread_named);
        arguments.spread_named = expression();
    } else if (tokens_.at(TokenKind::name) && tokens_.sign_follows("=")) {
        require(!arguments.spread_named);
        std::string name(tokens_.next().text);
        tokens_.next();
        arguments.named.emplace_back(std::move(name), expression());
    } else {
        require(nothing_spread && arguments.named.empty());
        arguments.positional.push_back(expression());
    }
}

} // namespace rocmforge::jinja
