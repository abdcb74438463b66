// What the lexer makes of a template's source.
#pragma once

#include <string>
#include <string_view>

namespace rocmforge::jinja {

enum class TokenKind {
    data, ///< template text, white-space control applied
    block_begin,
    block_end,
    variable_begin,
    variable_end,
    name,
    string, ///< without its quotes, escapes not yet decoded
    integer,
    floating,
    punctuation, ///< an operator or bracket, told by its text
    end_of_template,
    error, ///< what follows cannot be read; the text says why
};

struct Token {
    TokenKind kind = TokenKind::end_of_template;
    std::string_view text; ///< points into the lexer's source, but for errors
    int line = 1;
};

/// How a person calls it: "end of print statement", or the text of a name or operator.
[[nodiscard]] std::string describe(const Token& token);

} // namespace rocmforge::jinja
