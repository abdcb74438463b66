// Parses template text and the statements in {% %}.
#pragma once

#include "expression_parser.h"
#include "parser_state.h"

#include <initializer_list>
#include <string_view>
#include <vector>

namespace rocmforge::jinja {

class StatementParser {
public:
    explicit StatementParser(ParserState& state)
        : state_(state)
        , tokens_(state.tokens)
        , expressions_(state)
    {
    }

    /// The whole template.
    [[nodiscard]] Body parse();

private:
    using Names = std::vector<std::string_view>;
    class NewScope;

    /// From the end of the opening tag to one of the end tags, whose name becomes the current token.
    [[nodiscard]] Body body(Names ends);
    /// As body(), past the end tag's name.
    [[nodiscard]] Body body_until(std::string_view end);
    void contents(Body& out);
    void print(Body& out);
    [[nodiscard]] bool at_end_tag() const;

    [[nodiscard]] Statement statement();
    [[nodiscard]] Statement::Node statement_named(const Token& tag);
    [[nodiscard]] Statement::Node if_statement();
    [[nodiscard]] Statement::Node for_statement();
    [[nodiscard]] Statement::Node set_statement();
    [[nodiscard]] Statement::Node macro_statement();
    [[nodiscard]] Statement::Node call_statement();
    [[nodiscard]] Statement::Node filter_statement();
    [[nodiscard]] Statement::Node with_statement();
    [[nodiscard]] Statement::Node block_statement();
    [[nodiscard]] Statement::Node generation_statement();
    [[nodiscard]] Statement::Node loop_control(const Token& tag);

    [[nodiscard]] std::vector<Parameter> parameters();
    [[nodiscard]] std::vector<FilterCall> filter_chain();
    [[nodiscard]] std::string assigned_name();
    /// One name, namespace.attribute, or several with commas; `end` is a name that cannot be one.
    [[nodiscard]] Target target(std::string_view end = {});
    [[nodiscard]] Target single_target();

    [[noreturn]] void fail_unknown_tag(const Token& tag) const;
    [[noreturn]] void fail_end_of_template() const;
    [[nodiscard]] std::string awaited_tags() const;

    ParserState& state_;
    TokenStream& tokens_;
    ExpressionParser expressions_;
    std::vector<Names> ends_; ///< end tags of the open blocks, innermost last
    std::vector<std::string_view> open_tags_; ///< statements being parsed
    int breakable_loops_ = 0; ///< open loops that break and continue may mean
};

} // namespace rocmforge::jinja
