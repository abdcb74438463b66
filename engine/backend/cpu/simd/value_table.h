// Small indices become codes through a table of values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {
namespace {

/// Up to 16 values with an offset, which makes them unsigned.
struct ValueTable {
    alignas(16) uint8_t codes[16] = {};

    template <size_t n> constexpr ValueTable(const int8_t (&values)[n], int offset)
    {
        for (size_t i = 0; i < n; ++i)
            codes[i] = static_cast<uint8_t>(values[i] + offset);
    }
};

ROCMFORGE_INLINE void look_up(Bytes* codes, const ValueTable& table)
{
    for (int q = 0; q < 8; ++q)
        codes[q] = lookup(codes[q], table.codes);
}

} // namespace
} // namespace rocmforge::cpu
