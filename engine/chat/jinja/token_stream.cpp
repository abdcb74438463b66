#include "token_stream.h"

#include "error.h"
#include "printing.h"

namespace rocmforge::jinja {

TokenStream::TokenStream(std::string_view source)
    : lexer_(source)
{
    check_readable();
}

bool TokenStream::at_name(std::string_view name) const
{
    return at(TokenKind::name) && current().text == name;
}

bool TokenStream::at_sign(std::string_view sign) const
{
    return at(TokenKind::punctuation) && current().text == sign;
}

const Token& TokenStream::following() const
{
    const auto& tokens = lexer_.tokens();
    return tokens[index_ + 1 < tokens.size() ? index_ + 1 : index_];
}

bool TokenStream::sign_follows(std::string_view sign) const
{
    return following().kind == TokenKind::punctuation && following().text == sign;
}

bool TokenStream::name_follows(std::string_view name) const
{
    return following().kind == TokenKind::name && following().text == name;
}

Token TokenStream::next()
{
    const Token token = current();
    if (token.kind != TokenKind::end_of_template)
        ++index_;
    check_readable();
    return token;
}

void TokenStream::check_readable() const
{
    if (at(TokenKind::error))
        fail(std::string(current().text));
}

bool TokenStream::skip_name(std::string_view name)
{
    const bool found = at_name(name);
    if (found)
        next();
    return found;
}

bool TokenStream::skip_sign(std::string_view sign)
{
    const bool found = at_sign(sign);
    if (found)
        next();
    return found;
}

Token TokenStream::expect(TokenKind kind, std::string_view description)
{
    if (!at(kind))
        fail_expected(description);
    return next();
}

void TokenStream::expect_name(std::string_view name)
{
    if (!skip_name(name))
        fail_expected(name);
}

void TokenStream::expect_sign(std::string_view sign)
{
    if (!skip_sign(sign))
        fail_expected(sign);
}

void TokenStream::fail(std::string message) const
{
    fail(std::move(message), line());
}

void TokenStream::fail(std::string message, int line)
{
    throw TemplateError{Fault::syntax, std::move(message), line};
}

void TokenStream::fail_expected(std::string_view description) const
{
    if (at(TokenKind::end_of_template))
        fail("unexpected end of template, expected " + in_quotes(description) + ".");
    fail("expected token " + in_quotes(description) + ", got " + in_quotes(describe(current())));
}

} // namespace rocmforge::jinja
