#include "strip.h"

#include "unicode.h"

namespace rocmforge::jinja {

std::string_view strip(std::string_view text, Sides sides)
{
    if (sides != Sides::right)
        text = strip_left(text);
    return sides == Sides::left ? text : strip_right(text);
}

std::string_view strip(Budget& budget, std::string_view text, std::string_view characters, Sides sides)
{
    // UTF-8 synchronizes itself: a whole character is found only where it really stands.
    const auto listed = [&](std::string_view character) {
        budget.scan(characters.size());
        return characters.find(character) != std::string_view::npos;
    };
    while (sides != Sides::right && !text.empty()) {
        const size_t bytes = character_at(text, 0).bytes;
        if (!listed(text.substr(0, bytes)))
            break;
        text.remove_prefix(bytes);
    }
    while (sides != Sides::left && !text.empty()) {
        const size_t last = previous_character(text, text.size());
        if (!listed(text.substr(last)))
            break;
        text = text.substr(0, last);
    }
    return text;
}

std::string capitalize(std::string_view text)
{
    if (text.empty())
        return {};
    const Character first = character_at(text, 0);
    std::string out;
    append_title(out, first.code);
    return out + to_lower(text.substr(first.bytes));
}

} // namespace rocmforge::jinja
