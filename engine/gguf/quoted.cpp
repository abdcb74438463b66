#include "gguf/quoted.h"

#include <algorithm>

namespace rocmforge::gguf {

std::string quoted(std::string_view name)
{
    constexpr size_t longest = 64;
    std::string text(name.substr(0, longest));
    std::ranges::replace_if(text, [](char c) { return c < ' ' || c > '~'; }, '?');
    return "'" + text + (name.size() > longest ? "…'" : "'");
}

} // namespace rocmforge::gguf
