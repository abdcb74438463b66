// Parses expressions: what stands in {{ }} and in the tags of statements.
#pragma once

#include "parser_state.h"

#include <string_view>

namespace rocmforge::jinja {

class ExpressionParser {
public:
    explicit ExpressionParser(ParserState& state)
        : state_(state)
        , tokens_(state.tokens)
    {
    }

    /// `a if b else c` may be excluded: in loops and conditions, `if` belongs to the statement.
    enum class Conditionals { allowed, excluded };

    [[nodiscard]] ExpressionPtr expression(Conditionals conditionals = Conditionals::allowed);
    /// One expression, or several with commas between them, which make a tuple. `end` is a name that
    /// cannot begin an item.
    [[nodiscard]] ExpressionPtr expressions(Conditionals conditionals = Conditionals::allowed,
                                            std::string_view end = {});
    [[nodiscard]] ExpressionPtr primary();
    /// `| a | b(1)` behind an expression.
    [[nodiscard]] ExpressionPtr filters(ExpressionPtr input);
    /// A filter's name and arguments, at the name.
    [[nodiscard]] FilterCall filter();
    [[nodiscard]] bool at_end_of_tuple(std::string_view end) const;

private:
    [[nodiscard]] ExpressionPtr conditional();
    [[nodiscard]] ExpressionPtr logical_or();
    [[nodiscard]] ExpressionPtr logical_and();
    [[nodiscard]] ExpressionPtr logical_not();
    [[nodiscard]] ExpressionPtr comparison();
    [[nodiscard]] std::optional<Comparator> comparator();
    [[nodiscard]] ExpressionPtr sum();
    [[nodiscard]] ExpressionPtr concatenation();
    [[nodiscard]] ExpressionPtr product();
    [[nodiscard]] ExpressionPtr power();
    [[nodiscard]] ExpressionPtr unary();
    [[nodiscard]] ExpressionPtr signed_primary();

    [[nodiscard]] ExpressionPtr name();
    [[nodiscard]] ExpressionPtr string();
    [[nodiscard]] ExpressionPtr integer();
    [[nodiscard]] ExpressionPtr floating();
    [[nodiscard]] ExpressionPtr parenthesized();
    [[nodiscard]] ExpressionPtr list();
    [[nodiscard]] ExpressionPtr dict();

    [[nodiscard]] ExpressionPtr postfix(ExpressionPtr object);
    [[nodiscard]] ExpressionPtr filters_and_tests(ExpressionPtr input);
    [[nodiscard]] ExpressionPtr member(ExpressionPtr object);
    [[nodiscard]] ExpressionPtr subscript(ExpressionPtr object);
    [[nodiscard]] ExpressionPtr slice(ExpressionPtr object, ExpressionPtr start);
    [[nodiscard]] ExpressionPtr slice_part();
    [[nodiscard]] ExpressionPtr test(ExpressionPtr input);
    [[nodiscard]] CallArguments test_arguments();
    [[nodiscard]] CallArguments call_arguments();
    void call_argument(CallArguments& arguments, int line);
    [[nodiscard]] std::string dotted_name();

    [[nodiscard]] ExpressionPtr make(int line, Expression::Node node);

    ParserState& state_;
    TokenStream& tokens_;
};

} // namespace rocmforge::jinja
