#include "statement_parser.h"

#include "printing.h"

#include <algorithm>
#include <utility>

namespace rocmforge::jinja {

namespace {

bool is_constant(std::string_view name)
{
    constexpr std::string_view constants[] = {"true", "false", "none", "True", "False", "None"};
    return std::ranges::find(constants, name) != std::end(constants);
}

std::string join(const std::vector<std::string_view>& names)
{
    std::string out;
    for (const std::string_view name : names)
        out += (out.empty() ? "" : " or ") + in_quotes(name);
    return out;
}

} // namespace

/// The body of a loop, macro or block: reached for certain if the statement is, as far as the parser
/// can tell.
class StatementParser::NewScope {
public:
    explicit NewScope(StatementParser& parser)
        : parser_(parser)
        , reach_(std::exchange(parser.state_.reach, Reach::always))
    {
    }
    ~NewScope() { parser_.state_.reach = reach_; }
    NewScope(const NewScope&) = delete;
    NewScope& operator=(const NewScope&) = delete;

private:
    StatementParser& parser_;
    Reach reach_;
};

Body StatementParser::parse()
{
    Body out;
    contents(out);
    return out;
}

Body StatementParser::body(Names ends)
{
    (void)tokens_.skip_sign(":"); // Jinja lets a colon end the opening tag
    (void)tokens_.expect(TokenKind::block_end, "end of statement block");
    ends_.push_back(std::move(ends));
    Body out;
    contents(out);
    if (tokens_.at(TokenKind::end_of_template))
        fail_end_of_template();
    ends_.pop_back();
    return out;
}

Body StatementParser::body_until(std::string_view end)
{
    Body out = body({end});
    tokens_.next();
    return out;
}

void StatementParser::contents(Body& out)
{
    while (!tokens_.at(TokenKind::end_of_template)) {
        const int line = tokens_.line();
        if (tokens_.at(TokenKind::data)) {
            out.push_back({TemplateText{std::string(tokens_.next().text)}, line});
        } else if (tokens_.at(TokenKind::variable_begin)) {
            print(out);
        } else {
            tokens_.next();
            if (at_end_tag())
                return;
            out.push_back(statement());
            (void)tokens_.expect(TokenKind::block_end, "end of statement block");
        }
    }
}

void StatementParser::print(Body& out)
{
    const int line = tokens_.next().line;
    out.push_back({Print{expressions_.expressions()}, line});
    (void)tokens_.expect(TokenKind::variable_end, "end of print statement");
}

bool StatementParser::at_end_tag() const
{
    return !ends_.empty()
        && std::ranges::any_of(ends_.back(), [&](std::string_view end) { return tokens_.at_name(end); });
}

Statement StatementParser::statement()
{
    const ParserState::Level level(state_);
    if (!tokens_.at(TokenKind::name))
        tokens_.fail("tag name expected");
    const Token tag = tokens_.next();
    open_tags_.push_back(tag.text);
    Statement out{statement_named(tag), tag.line};
    open_tags_.pop_back();
    return out;
}

Statement::Node StatementParser::statement_named(const Token& tag)
{
    if (tag.text == "if")
        return if_statement();
    if (tag.text == "for")
        return for_statement();
    if (tag.text == "set")
        return set_statement();
    if (tag.text == "macro")
        return macro_statement();
    if (tag.text == "call")
        return call_statement();
    if (tag.text == "filter")
        return filter_statement();
    if (tag.text == "with")
        return with_statement();
    if (tag.text == "print")
        return Print{expressions_.expressions()};
    if (tag.text == "block")
        return block_statement();
    if (tag.text == "generation")
        return generation_statement();
    if (tag.text == "break" || tag.text == "continue")
        return loop_control(tag);
    for (const std::string_view refused : {"extends", "include", "import", "from", "autoescape"}) {
        if (tag.text == refused)
            TokenStream::fail("chat templates cannot use " + in_quotes(refused), tag.line);
    }
    fail_unknown_tag(tag);
}

Statement::Node StatementParser::if_statement()
{
    If node;
    const Reach outer = std::exchange(state_.reach, Reach::conditional);
    Token end;
    do {
        ExpressionPtr condition = expressions_.expressions(ExpressionParser::Conditionals::excluded);
        node.branches.emplace_back(std::move(condition), body({"elif", "else", "endif"}));
        end = tokens_.next();
    } while (end.text == "elif");
    if (end.text == "else")
        node.otherwise = body_until("endif");
    state_.reach = outer;
    return node;
}

Statement::Node StatementParser::for_statement()
{
    For node;
    node.target = target("in");
    tokens_.expect_name("in");
    node.iterable = expressions_.expressions(ExpressionParser::Conditionals::excluded, "recursive");
    const NewScope scope(*this);
    if (tokens_.skip_name("if"))
        node.condition = expressions_.expression();
    node.recursive = tokens_.skip_name("recursive");
    state_.loops.push_back(&node);
    ++breakable_loops_;
    node.body = body({"endfor", "else"});
    --breakable_loops_;
    state_.loops.pop_back();
    if (tokens_.next().text == "else")
        node.otherwise = body_until("endfor");
    return node;
}

Statement::Node StatementParser::set_statement()
{
    Target assigned = target();
    if (tokens_.skip_sign("="))
        return Set{std::move(assigned), expressions_.expressions()};
    SetBlock node{std::move(assigned), filter_chain(), {}};
    const NewScope scope(*this);
    node.body = body_until("endset");
    return node;
}

Statement::Node StatementParser::macro_statement()
{
    MacroDefinition node;
    node.procedure.name = assigned_name();
    node.symbol = state_.intern(node.procedure.name);
    const NewScope scope(*this);
    node.procedure.parameters = parameters();
    state_.procedures.push_back(&node.procedure);
    const int outer_loops = std::exchange(breakable_loops_, 0);
    node.procedure.body = body_until("endmacro");
    breakable_loops_ = outer_loops;
    state_.procedures.pop_back();
    return node;
}

Statement::Node StatementParser::call_statement()
{
    CallBlock node;
    node.caller.name = "caller";
    if (tokens_.at_sign("("))
        node.caller.parameters = parameters();
    node.call = expressions_.expression();
    if (!std::holds_alternative<Call>(node.call->node))
        TokenStream::fail("expected call", node.call->line);
    const NewScope scope(*this);
    state_.procedures.push_back(&node.caller);
    const int outer_loops = std::exchange(breakable_loops_, 0);
    node.caller.body = body_until("endcall");
    breakable_loops_ = outer_loops;
    state_.procedures.pop_back();
    return node;
}

Statement::Node StatementParser::filter_statement()
{
    FilterBlock node;
    node.filters.push_back(expressions_.filter());
    for (FilterCall& call : filter_chain())
        node.filters.push_back(std::move(call));
    const NewScope scope(*this);
    node.body = body_until("endfilter");
    return node;
}

Statement::Node StatementParser::with_statement()
{
    With node;
    while (!tokens_.at(TokenKind::block_end)) {
        if (!node.assignments.empty())
            tokens_.expect_sign(",");
        Target assigned = single_target();
        tokens_.expect_sign("=");
        node.assignments.emplace_back(std::move(assigned), expressions_.expression());
    }
    const NewScope scope(*this);
    node.body = body_until("endwith");
    return node;
}

/// Nothing inherits from a chat template: a block stands where it is defined.
Statement::Node StatementParser::block_statement()
{
    const Token name = tokens_.expect(TokenKind::name, "name");
    while (tokens_.skip_name("scoped") || tokens_.skip_name("required")) { }
    const NewScope scope(*this);
    Scoped node{body_until("endblock")};
    (void)tokens_.skip_name(name.text);
    return node;
}

/// Marks what the model itself has said, which matters only in training.
Statement::Node StatementParser::generation_statement()
{
    const NewScope scope(*this);
    return Scoped{body_until("endgeneration")};
}

Statement::Node StatementParser::loop_control(const Token& tag)
{
    if (breakable_loops_ == 0)
        TokenStream::fail(in_quotes(tag.text) + " outside of a loop", tag.line);
    if (tag.text == "break")
        return Break{};
    return Continue{};
}

std::vector<Parameter> StatementParser::parameters()
{
    std::vector<Parameter> out;
    tokens_.expect_sign("(");
    while (!tokens_.at_sign(")")) {
        if (!out.empty())
            tokens_.expect_sign(",");
        Parameter parameter;
        parameter.name = assigned_name();
        parameter.symbol = state_.intern(parameter.name);
        if (tokens_.skip_sign("="))
            parameter.fallback = expressions_.expression();
        else if (!out.empty() && out.back().fallback)
            tokens_.fail("non-default argument follows default argument");
        out.push_back(std::move(parameter));
    }
    tokens_.next();
    return out;
}

std::vector<FilterCall> StatementParser::filter_chain()
{
    std::vector<FilterCall> out;
    while (tokens_.skip_sign("|"))
        out.push_back(expressions_.filter());
    return out;
}

std::string StatementParser::assigned_name()
{
    const Token token = tokens_.expect(TokenKind::name, "name");
    if (is_constant(token.text))
        TokenStream::fail("can't assign to " + in_quotes(token.text), token.line);
    return std::string(token.text);
}

Target StatementParser::target(std::string_view end)
{
    std::vector<Target> targets;
    bool is_tuple = false;
    while (!expressions_.at_end_of_tuple(end)) {
        targets.push_back(single_target());
        if (!tokens_.skip_sign(","))
            break;
        is_tuple = true;
    }
    if (targets.empty())
        tokens_.fail("Expected an expression, got " + in_quotes(describe(tokens_.current())));
    return is_tuple ? Target{std::move(targets)} : std::move(targets.front());
}

Target StatementParser::single_target()
{
    const ParserState::Level level(state_);
    if (tokens_.skip_sign("(")) {
        Target inner = target();
        tokens_.expect_sign(")");
        return inner;
    }
    if (!tokens_.at(TokenKind::name))
        tokens_.fail("unexpected " + in_quotes(describe(tokens_.current())));
    const Symbol symbol = state_.intern(assigned_name());
    if (tokens_.skip_sign("."))
        return Target{
            Target::NamespaceAttribute{symbol, std::string(tokens_.expect(TokenKind::name, "name").text)}};
    return Target{symbol};
}

std::string StatementParser::awaited_tags() const
{
    std::string out;
    if (!ends_.empty())
        out += " Jinja was looking for the following tags: " + join(ends_.back()) + ".";
    return out;
}

void StatementParser::fail_unknown_tag(const Token& tag) const
{
    std::string message = "Encountered unknown tag " + in_quotes(tag.text) + ".";
    const bool expected_further_out = std::ranges::any_of(
        ends_, [&](const Names& ends) { return std::ranges::find(ends, tag.text) != ends.end(); });
    if (expected_further_out)
        message +=
            " You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for "
            + join(ends_.back()) + ".";
    else
        message += awaited_tags();
    if (open_tags_.size() > 1)
        message += " The innermost block that needs to be closed is "
            + in_quotes(open_tags_[open_tags_.size() - 2]) + ".";
    TokenStream::fail(std::move(message), tag.line);
}

void StatementParser::fail_end_of_template() const
{
    tokens_.fail("Unexpected end of template." + awaited_tags()
                 + " The innermost block that needs to be closed is " + in_quotes(open_tags_.back()) + ".");
}

} // namespace rocmforge::jinja
