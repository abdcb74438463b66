// Sixteen values of a byte each, looked up four at a time.
#pragma once

#include "kernels/device.h"
#include "quant/blocks.h"

namespace rocmforge::device {

/// In registers: value i is byte i % 4 of word i / 4.
struct ByteTable {
    uint32_t words[4];
};

DEVICE constexpr uint32_t pack_values(int a, int b, int c, int d)
{
    return (static_cast<uint32_t>(a) & 255u) | (static_cast<uint32_t>(b) & 255u) << 8
        | (static_cast<uint32_t>(c) & 255u) << 16 | static_cast<uint32_t>(d) << 24;
}

/// iq4_values
DEVICE constexpr ByteTable iq4_table()
{
    return {pack_values(-127, -104, -83, -65), pack_values(-49, -35, -22, -10), pack_values(1, 13, 25, 38),
            pack_values(53, 69, 89, 113)};
}

/// e2m1_doubled
DEVICE constexpr ByteTable e2m1_table()
{
    return {pack_values(0, 1, 2, 3), pack_values(4, 6, 8, 12), pack_values(0, -1, -2, -3),
            pack_values(-4, -6, -8, -12)};
}

/// Each byte of the result is the value that the same byte of `indices`, 0 … 15, names.
DEVICE inline int look_up(const ByteTable& table, int indices)
{
    const auto i = static_cast<uint32_t>(indices);
    const uint32_t low = select_bytes(table.words[0], table.words[1], i & 0x07070707u);
    const uint32_t high = select_bytes(table.words[2], table.words[3], i & 0x07070707u);
    // Byte by byte the low half's or the high half's.
    return static_cast<int>(select_bytes(low, high, 0x03020100u + (i >> 1 & 0x04040404u)));
}

} // namespace rocmforge::device
