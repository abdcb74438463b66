// Cuts a template into tokens. Settings are those of chat templates: trim_blocks, lstrip_blocks, one
// newline at the end of the template dropped.
#pragma once

#include "token.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::jinja {

class Lexer {
public:
    explicit Lexer(std::string_view source);

    /// Ends with end_of_template, or with an error token. Valid as long as the lexer.
    [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }

private:
    /// How the edge of a tag treats the white space beside it: "-" strips all of it, "+" keeps it.
    enum class Trim { normal, strip, keep };
    struct Opening {
        size_t begin = 0; ///< of "{%", "{{" or "{#"
        size_t end = 0; ///< behind it and its sign
        char kind = 0; ///< '%', '{' or '#'; 0 where no tag follows
        Trim trim = Trim::normal;
    };
    struct Closing {
        size_t end = 0; ///< behind "%}", "}}" or "#}"
        Trim trim = Trim::normal;
    };

    void run();
    [[nodiscard]] Opening next_opening(size_t from) const;
    [[nodiscard]] Opening opening_at(size_t begin) const;
    [[nodiscard]] std::optional<Closing> closing_at(size_t at, char kind) const;
    /// The end of `{% word %}` whose opening is given.
    [[nodiscard]] std::optional<Closing> keyword_tag(const Opening& opening, std::string_view word) const;

    void data(const Opening& next);
    void comment(const Opening& opening);
    void raw(const Closing& begin);
    void expression(const Opening& opening);
    void expression_token();
    void string();
    [[nodiscard]] bool floating();
    void integer();
    void name();
    void punctuation();
    void bracket(char c);
    void close(const Closing& closing, bool trims_newline);

    [[nodiscard]] bool at(size_t position, std::string_view text) const;
    [[nodiscard]] size_t skip_spaces(size_t from) const;
    void push(TokenKind kind, size_t begin, size_t end);
    [[nodiscard]] int line_at(size_t position);
    [[noreturn]] void fail_here(std::string message);

    std::string source_;
    std::vector<Token> tokens_;
    std::string error_; ///< text of the error token
    size_t position_ = 0;
    size_t counted_ = 0; ///< how far line_ has been counted
    int line_ = 1;
    bool at_line_start_ = true; ///< nothing but swallowed white space lies before position_ on its line
    std::string awaited_; ///< closing brackets, innermost last
};

} // namespace rocmforge::jinja
