#include "tokenizer/spaces.h"

#include <algorithm>

namespace rocmforge::spaces {

namespace {

constexpr std::string_view escaped = "▁";

std::string replaced(std::string_view text, std::string_view from, std::string_view to)
{
    std::string result;
    result.reserve(text.size());
    for (size_t begin = 0;;) {
        const size_t found = text.find(from, begin);
        result += text.substr(begin, found - begin);
        if (found == std::string_view::npos)
            return result;
        result += to;
        begin = found + from.size();
    }
}

/// One space for each run of them, none at the ends.
std::string without_extra(std::string_view text)
{
    std::string result;
    for (size_t begin = 0; begin < text.size();) {
        const size_t end = std::min(text.find(' ', begin), text.size());
        if (end > begin)
            result.append(result.empty() ? "" : " ").append(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return result;
}

} // namespace

std::string prepare(std::string_view text, const TextFlags& flags)
{
    std::string plain = flags.remove_extra_whitespaces ? without_extra(text) : std::string(text);
    if (flags.add_space_prefix && !plain.empty())
        plain.insert(0, 1, ' ');
    return replaced(plain, " ", escaped);
}

std::string unescape(std::string_view text)
{
    return replaced(text, escaped, " ");
}

} // namespace rocmforge::spaces
