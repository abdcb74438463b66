#include "lexer.h"

#include "error.h"
#include "printing.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

constexpr size_t npos = std::string_view::npos;
constexpr std::string_view decimal_digits = "0123456789";

/// "\r\n" and "\r" become "\n"; one newline at the end goes.
std::string normalized(std::string_view source)
{
    std::string out;
    out.reserve(source.size());
    for (size_t i = 0; i < source.size(); ++i) {
        if (source[i] != '\r')
            out += source[i];
        else if (i + 1 == source.size() || source[i + 1] != '\n')
            out += '\n';
    }
    if (out.ends_with('\n'))
        out.pop_back();
    return out;
}

bool is_blank(std::string_view text)
{
    return strip_left(text).empty();
}

/// Digits with single underscores between them: as far as they go from `at`.
size_t digits_end(std::string_view text, size_t at, std::string_view digits)
{
    const auto is_digit_at = [&](size_t i) { return i < text.size() && digits.find(text[i]) != npos; };
    const size_t start = at;
    while (is_digit_at(at) || (at > start && at < text.size() && text[at] == '_' && is_digit_at(at + 1)))
        ++at;
    return at;
}

/// The digits that follow 0x, 0o or 0b; none for another prefix.
std::string_view digits_of_prefix(std::string_view prefix)
{
    if (prefix == "0x" || prefix == "0X")
        return "0123456789abcdefABCDEF";
    if (prefix == "0o" || prefix == "0O")
        return "01234567";
    return prefix == "0b" || prefix == "0B" ? "01" : "";
}

} // namespace

Lexer::Lexer(std::string_view source)
    : source_(normalized(source))
{
    try {
        run();
        push(TokenKind::end_of_template, source_.size(), source_.size());
    } catch (const TemplateError& error) {
        error_ = error.message;
        tokens_.push_back({TokenKind::error, error_, error.line});
    }
}

void Lexer::run()
{
    while (position_ < source_.size()) {
        const Opening opening = next_opening(position_);
        data(opening);
        if (opening.kind == 0)
            return;
        if (const auto begin = keyword_tag(opening, "raw"))
            raw(*begin);
        else if (opening.kind == '#')
            comment(opening);
        else
            expression(opening);
    }
}

Lexer::Opening Lexer::next_opening(size_t from) const
{
    for (size_t brace = source_.find('{', from); brace != npos; brace = source_.find('{', brace + 1)) {
        if (const Opening opening = opening_at(brace); opening.kind != 0)
            return opening;
    }
    return {source_.size(), source_.size()};
}

Lexer::Opening Lexer::opening_at(size_t begin) const
{
    const char kind = begin + 1 < source_.size() ? source_[begin + 1] : '\0';
    if (kind != '%' && kind != '{' && kind != '#')
        return {begin, begin};
    if (at(begin + 2, "-"))
        return {begin, begin + 3, kind, Trim::strip};
    if (at(begin + 2, "+"))
        return {begin, begin + 3, kind, Trim::keep};
    return {begin, begin + 2, kind, Trim::normal};
}

std::optional<Lexer::Closing> Lexer::closing_at(size_t begin, char kind) const
{
    const std::array<char, 2> end{kind == '{' ? '}' : kind, '}'};
    const std::string_view closing(end.data(), end.size());
    if (at(begin, closing))
        return Closing{begin + 2, Trim::normal};
    if (at(begin, "-") && at(begin + 1, closing))
        return Closing{begin + 3, Trim::strip};
    if (kind != '{' && at(begin, "+") && at(begin + 1, closing))
        return Closing{begin + 3, Trim::keep};
    return std::nullopt;
}

std::optional<Lexer::Closing> Lexer::keyword_tag(const Opening& opening, std::string_view word) const
{
    const size_t begin = skip_spaces(opening.end);
    if (opening.kind != '%' || !at(begin, word))
        return std::nullopt;
    return closing_at(skip_spaces(begin + word.size()), '%');
}

void Lexer::data(const Opening& next)
{
    std::string_view text = std::string_view(source_).substr(position_, next.begin - position_);
    if (next.trim == Trim::strip) {
        text = strip_right(text);
    } else if (next.trim == Trim::normal && (next.kind == '%' || next.kind == '#')) {
        const size_t line_start = text.rfind('\n') + 1;
        if ((line_start > 0 || at_line_start_) && is_blank(text.substr(line_start)))
            text = text.substr(0, line_start);
    }
    if (!text.empty())
        push(TokenKind::data, position_, position_ + text.size());
    position_ = next.begin;
}

void Lexer::comment(const Opening& opening)
{
    for (size_t i = opening.end; i < source_.size(); ++i) {
        if (const auto closing = closing_at(i, '#'))
            return close(*closing, true);
    }
    fail_here("Missing end of comment tag");
}

void Lexer::raw(const Closing& begin)
{
    const size_t start = position_;
    close(begin, false);
    for (Opening next = next_opening(position_); next.kind != 0; next = next_opening(next.begin + 1)) {
        if (const auto end = keyword_tag(next, "endraw")) {
            data(next);
            return close(*end, true);
        }
    }
    position_ = start;
    fail_here("Missing end of raw directive");
}

void Lexer::expression(const Opening& opening)
{
    const bool is_block = opening.kind == '%';
    push(is_block ? TokenKind::block_begin : TokenKind::variable_begin, opening.begin, opening.end);
    position_ = skip_spaces(opening.end);
    while (position_ < source_.size()) {
        const auto closing = awaited_.empty() ? closing_at(position_, opening.kind) : std::nullopt;
        if (closing) {
            push(is_block ? TokenKind::block_end : TokenKind::variable_end, position_, closing->end);
            return close(*closing, is_block);
        }
        expression_token();
        position_ = skip_spaces(position_);
    }
}

void Lexer::expression_token()
{
    const Character next = character_at(source_, position_);
    if (next.code >= '0' && next.code <= '9') {
        if (!floating())
            integer();
    } else if (next.code == '_' || is_alphanumeric(next.code)) {
        name();
    } else if (next.code == '\'' || next.code == '"') {
        string();
    } else {
        punctuation();
    }
}

void Lexer::string()
{
    const char quote = source_[position_];
    for (size_t i = position_ + 1; i < source_.size(); ++i) {
        if (source_[i] == '\\') {
            ++i;
        } else if (source_[i] == quote) {
            push(TokenKind::string, position_ + 1, i);
            position_ = i + 1;
            return;
        }
    }
    punctuation(); // which tells of a quote that it is not expected
}

bool Lexer::floating()
{
    if (position_ > 0 && source_[position_ - 1] == '.')
        return false;
    const size_t integral = digits_end(source_, position_, decimal_digits);
    size_t end = integral;
    if (at(end, ".")) {
        const size_t fraction = digits_end(source_, end + 1, decimal_digits);
        end = fraction > end + 1 ? fraction : end;
    }
    if (at(end, "e") || at(end, "E")) {
        const size_t digits = at(end + 1, "+") || at(end + 1, "-") ? end + 2 : end + 1;
        const size_t exponent = digits_end(source_, digits, decimal_digits);
        end = exponent > digits ? exponent : end;
    }
    if (end == integral)
        return false;
    push(TokenKind::floating, position_, end);
    position_ = end;
    return true;
}

void Lexer::integer()
{
    const std::string_view digits = digits_of_prefix(std::string_view(source_).substr(position_, 2));
    const size_t first = position_ + 2 + (at(position_ + 2, "_") ? 1 : 0);
    size_t end = digits.empty() ? position_ : digits_end(source_, first, digits);
    if (end <= first)
        end = digits_end(source_, position_, source_[position_] == '0' ? "0" : decimal_digits);
    push(TokenKind::integer, position_, end);
    position_ = end;
}

void Lexer::name()
{
    size_t end = position_;
    while (end < source_.size()) {
        const Character character = character_at(source_, end);
        if (character.code != '_' && !is_alphanumeric(character.code))
            break;
        end += character.bytes;
    }
    push(TokenKind::name, position_, end);
    position_ = end;
}

void Lexer::punctuation()
{
    constexpr std::array<std::string_view, 6> pairs{"//", "**", "==", "!=", ">=", "<="};
    const bool is_pair =
        std::ranges::any_of(pairs, [&](std::string_view pair) { return at(position_, pair); });
    const char c = source_[position_];
    if (!is_pair && std::string_view("+-*/%~[](){}<>=.:|,;").find(c) == npos) {
        const Character character = character_at(source_, position_);
        fail_here("unexpected char " + in_quotes(source_.substr(position_, character.bytes)) + " at "
                  + std::to_string(count_characters(std::string_view(source_).substr(0, position_))));
    }
    bracket(c);
    const size_t end = position_ + (is_pair ? 2 : 1);
    push(TokenKind::punctuation, position_, end);
    position_ = end;
}

void Lexer::bracket(char c)
{
    if (c == '(' || c == '[' || c == '{')
        awaited_ += c == '(' ? ')' : c == '[' ? ']' : '}';
    if (c != ')' && c != ']' && c != '}')
        return;
    const std::string unexpected = std::string("unexpected '") + c + "'";
    if (awaited_.empty())
        fail_here(unexpected);
    if (awaited_.back() != c)
        fail_here(unexpected + ", expected '" + awaited_.back() + "'");
    awaited_.pop_back();
}

void Lexer::close(const Closing& closing, bool trims_newline)
{
    position_ = closing.end;
    if (closing.trim == Trim::strip)
        position_ = skip_spaces(position_);
    else if (closing.trim == Trim::normal && trims_newline && at(position_, "\n"))
        ++position_;
    at_line_start_ = source_[position_ - 1] == '\n';
}

bool Lexer::at(size_t position, std::string_view text) const
{
    return position < source_.size() && std::string_view(source_).substr(position).starts_with(text);
}

size_t Lexer::skip_spaces(size_t from) const
{
    const std::string_view rest = std::string_view(source_).substr(std::min(from, source_.size()));
    return source_.size() - strip_left(rest).size();
}

void Lexer::push(TokenKind kind, size_t begin, size_t end)
{
    tokens_.push_back({kind, std::string_view(source_).substr(begin, end - begin), line_at(begin)});
}

int Lexer::line_at(size_t position)
{
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(counted_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(position), '\n'));
    counted_ = position;
    return line_;
}

void Lexer::fail_here(std::string message)
{
    throw TemplateError{Fault::syntax, std::move(message), line_at(position_)};
}

std::string describe(const Token& token)
{
    switch (token.kind) {
    case TokenKind::data:
        return "template data / text";
    case TokenKind::block_begin:
        return "begin of statement block";
    case TokenKind::block_end:
        return "end of statement block";
    case TokenKind::variable_begin:
        return "begin of print statement";
    case TokenKind::variable_end:
        return "end of print statement";
    case TokenKind::string:
        return "string";
    case TokenKind::integer:
        return "integer";
    case TokenKind::floating:
        return "float";
    case TokenKind::end_of_template:
        return "end of template";
    default:
        return std::string(token.text);
    }
}

} // namespace rocmforge::jinja
