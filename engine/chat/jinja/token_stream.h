// The parser's view of the tokens: one current token, one of lookahead.
#pragma once

#include "lexer.h"

#include <string>
#include <string_view>

namespace rocmforge::jinja {

/// Raises Fault::syntax when it reaches an error token or meets another token than it was told to.
class TokenStream {
public:
    explicit TokenStream(std::string_view source);

    [[nodiscard]] const Token& current() const { return lexer_.tokens()[index_]; }
    [[nodiscard]] int line() const { return current().line; }
    [[nodiscard]] bool at(TokenKind kind) const { return current().kind == kind; }
    [[nodiscard]] bool at_name(std::string_view name) const;
    [[nodiscard]] bool at_sign(std::string_view sign) const;
    /// Whether the sign follows the current token.
    [[nodiscard]] bool sign_follows(std::string_view sign) const;
    [[nodiscard]] bool name_follows(std::string_view name) const;

    Token next();
    bool skip_name(std::string_view name);
    bool skip_sign(std::string_view sign);
    Token expect(TokenKind kind, std::string_view description);
    void expect_name(std::string_view name);
    void expect_sign(std::string_view sign);

    [[noreturn]] void fail(std::string message) const;
    [[noreturn]] static void fail(std::string message, int line);

private:
    [[nodiscard]] const Token& following() const;
    void check_readable() const;
    [[noreturn]] void fail_expected(std::string_view description) const;

    Lexer lexer_;
    size_t index_ = 0;
};

} // namespace rocmforge::jinja
