#include "chat/text_scanner.h"
#include "chat/tool_calls.h"

#include <algorithm>
#include <initializer_list>

namespace rocmforge {

namespace {

/// Compares text that may end early with what a bare call consists of.
class Prefix {
public:
    explicit Prefix(std::string_view text)
        : rest_(text)
    {
    }

    /// One of these tokens, with blanks before it. True also where the text ends inside of one.
    bool take(std::initializer_list<std::string_view> tokens)
    {
        rest_ = without_leading_blanks(rest_);
        return std::ranges::any_of(tokens, [&](std::string_view token) {
            const size_t shared = std::min(token.size(), rest_.size());
            const bool matches = rest_.substr(0, shared) == token.substr(0, shared);
            if (matches)
                rest_.remove_prefix(shared);
            return matches;
        });
    }

    bool take_string()
    {
        if (!take({"\""}))
            return false;
        while (!rest_.empty() && rest_.front() != '"')
            rest_.remove_prefix(rest_.front() == '\\' ? std::min<size_t>(2, rest_.size()) : 1);
        rest_.remove_prefix(rest_.empty() ? 0 : 1);
        return true;
    }

private:
    std::string_view rest_;
};

} // namespace

bool may_be_bare_call(std::string_view text)
{
    Prefix prefix(text);
    if (!prefix.take({"{"}) || !prefix.take({"\"name\"", "\"type\""}))
        return false;
    const bool has_type = text.find("\"type\"") < text.find("\"name\"");
    if (has_type
        && !(prefix.take({":"}) && prefix.take_string() && prefix.take({","}) && prefix.take({"\"name\""})))
        return false;
    return prefix.take({":"}) && prefix.take_string() && prefix.take({","})
        && prefix.take({"\"parameters\"", "\"arguments\""}) && prefix.take({":"}) && prefix.take({"{", "\""});
}

} // namespace rocmforge
