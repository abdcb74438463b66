// Text in pieces, put together.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace rocmforge::jinja {

[[nodiscard]] inline std::string concat(std::initializer_list<std::string_view> pieces)
{
    std::string whole;
    for (const std::string_view piece : pieces)
        whole += piece;
    return whole;
}

[[nodiscard]] inline std::string repeated(std::string_view text, size_t times)
{
    std::string whole;
    whole.reserve(text.size() * times);
    for (size_t i = 0; i < times; ++i)
        whole += text;
    return whole;
}

} // namespace rocmforge::jinja
