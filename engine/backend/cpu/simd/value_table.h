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

    /// Of code_of(0 … 15).
    template <typename F> constexpr explicit ValueTable(F code_of)
    {
        const auto code = [&](size_t i) { return static_cast<uint8_t>(code_of(static_cast<int>(i))); };
        for (size_t i = 0; i < std::size(codes); ++i)
            codes[i] = static_cast<std::remove_extent_t<decltype(codes)>>(code(i % 16) | code(i / 256) << 8);
    }
    constexpr ValueTable(const int8_t (&values)[16], int offset)
        : ValueTable([&](int i) { return values[i] + offset; })
    {
    }
};

ROCMFORGE_INLINE void look_up(Bytes* codes, const ValueTable& table)
{
    for (int q = 0; q < 8; ++q)
        codes[q] = lookup(codes[q], table.codes);
}

/// Of a number, as there is one of Bytes.
constexpr int shift_right(int index, int bits)
{
    return index >> bits;
}

/// code_of() for each byte: from a table where that takes an instruction, else computed. F takes numbers,
/// of which the table is made, and Bytes.
template <typename F> ROCMFORGE_INLINE Bytes look_up(Bytes index, F code_of)
{
    if constexpr (has_lookup) {
        static constexpr ValueTable table(code_of);
        return lookup(index, table.codes);
    } else {
        return code_of(index);
    }
}

} // namespace
} // namespace rocmforge::cpu
