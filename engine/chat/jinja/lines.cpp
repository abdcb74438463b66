#include "lines.h"

#include "unicode.h"

namespace rocmforge::jinja {

namespace {

bool ends_line(char32_t code)
{
    return (code >= 0x0A && code <= 0x0D) || (code >= 0x1C && code <= 0x1E) || code == 0x85 || code == 0x2028
        || code == 0x2029;
}

} // namespace

std::vector<std::string_view> split_lines(std::string_view text, LineEnds ends)
{
    std::vector<std::string_view> lines;
    size_t start = 0;
    for (size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        const size_t line_end = at;
        at += character.bytes;
        if (!ends_line(character.code))
            continue;
        if (character.code == '\r' && at < text.size() && text[at] == '\n')
            ++at;
        lines.push_back(text.substr(start, (ends == LineEnds::keep ? at : line_end) - start));
        start = at;
    }
    if (start < text.size())
        lines.push_back(text.substr(start));
    return lines;
}

} // namespace rocmforge::jinja
