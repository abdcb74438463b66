// Small indices become codes through a table of values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

namespace rocmforge::cpu {
namespace {

/// Up to 16 values with an offset, which makes them unsigned; or all pairs of them, the first in the low
/// byte, where a table takes no instruction.
struct ValueTable {
    alignas(16) std::conditional_t<has_lookup, uint8_t[16], uint16_t[4096]> codes = {};

    template <size_t n> constexpr ValueTable(const int8_t (&values)[n], int offset)
    {
        const auto code = [&](size_t i) { return i < n ? static_cast<uint8_t>(values[i] + offset) : 0; };
        for (size_t i = 0; i < std::size(codes); ++i)
            codes[i] = static_cast<std::remove_extent_t<decltype(codes)>>(code(i % 16) | code(i / 256) << 8);
    }
};

ROCMFORGE_INLINE void look_up(Bytes* codes, const ValueTable& table)
{
    for (int q = 0; q < 8; ++q)
        codes[q] = lookup(codes[q], table.codes);
}

} // namespace
} // namespace rocmforge::cpu
