#include "string_literal.h"

#include "unicode.h"

#include <algorithm>
#include <charconv>

namespace rocmforge::jinja {

namespace {

class Decoder {
public:
    explicit Decoder(std::string_view rest)
        : rest_(rest)
    {
    }

    std::optional<std::string> run()
    {
        while (!rest_.empty()) {
            const size_t plain = std::min(rest_.find('\\'), rest_.size());
            out_ += rest_.substr(0, plain);
            rest_.remove_prefix(plain);
            if (!rest_.empty() && !escape())
                return std::nullopt;
        }
        return std::move(out_);
    }

private:
    bool escape()
    {
        if (rest_.size() < 2)
            return false;
        const char c = rest_[1];
        rest_.remove_prefix(2);
        constexpr std::string_view letters = "abfnrtv\\'\"";
        constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\'\"";
        if (const size_t at = letters.find(c); at != std::string_view::npos)
            out_ += meanings[at];
        else if (c == 'x' || c == 'u' || c == 'U')
            return coded(c == 'x' ? 2 : c == 'u' ? 4 : 8);
        else if (c >= '0' && c <= '7')
            octal(c);
        else if (c != '\n') // a backslash at the end of a line continues it
            (out_ += '\\') += c;
        return true;
    }

    std::optional<char32_t> hex(size_t digits)
    {
        unsigned code = 0;
        if (rest_.size() < digits)
            return std::nullopt;
        const auto [end, error] = std::from_chars(rest_.begin(), rest_.begin() + digits, code, 16);
        if (error != std::errc() || end != rest_.begin() + digits || code > 0x10FFFF)
            return std::nullopt;
        rest_.remove_prefix(digits);
        return code;
    }

    bool coded(size_t digits)
    {
        const auto code = hex(digits);
        if (code)
            append_utf8(out_, *code >= 0xD800 && *code < 0xDC00 ? joined(*code) : *code);
        return code.has_value();
    }

    /// The character of a high surrogate and the low one that follows as an escape.
    char32_t joined(char32_t high)
    {
        const std::string_view before = rest_;
        if (rest_.starts_with("\\u")) {
            rest_.remove_prefix(2);
            const auto low = hex(4);
            if (low && *low >= 0xDC00 && *low < 0xE000)
                return 0x10000 + ((high - 0xD800) << 10) + (*low - 0xDC00);
        }
        rest_ = before;
        return high;
    }

    void octal(char first)
    {
        auto code = static_cast<char32_t>(first - '0');
        for (int i = 0; i < 2 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '7'; ++i) {
            code = code * 8 + static_cast<char32_t>(rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        append_utf8(out_, code);
    }

    std::string_view rest_;
    std::string out_;
};

} // namespace

std::optional<std::string> decode_string(std::string_view literal)
{
    return Decoder(literal).run();
}

} // namespace rocmforge::jinja
