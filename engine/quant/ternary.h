// TQ1_0 and TQ2_0: 256 weights -1, 0 or 1 with one scale; weight = d · value.
#pragma once

#include "quant/half.h"

namespace rocmforge {

/// Five values per byte in base three, scaled to use all of the byte: 160 weights in 32 bytes, the
/// first 32 being the most significant digits, then 80 in 16 likewise, then 16 in four bytes of qh.
struct BlockTQ1_0 {
    static constexpr int weights = 256;
    uint8_t qs[48];
    uint8_t qh[4];
    uint16_t d; ///< half
};
static_assert(sizeof(BlockTQ1_0) == 54);

/// Bits 2s, 2s + 1 of byte l in half h (32 bytes) are value + 1 of weight 128 h + 32 s + l.
struct BlockTQ2_0 {
    static constexpr int weights = 256;
    uint8_t qs[64];
    uint16_t d; ///< half
};
static_assert(sizeof(BlockTQ2_0) == 66);

/// The digit 0 … 2 of a byte that has `power` = 3^digit before it.
ROCMFORGE_HOST_DEVICE inline int tq1_0_digit(uint8_t byte, uint32_t power)
{
    const uint32_t fraction = (byte * power) & 255u;
    return int((fraction * 3) >> 8);
}

/// The byte with these digits, most significant first.
ROCMFORGE_HOST_DEVICE inline uint8_t tq1_0_byte(const int* digits)
{
    int number = 0;
    for (int i = 0; i < 5; ++i)
        number = number * 3 + digits[i];
    return uint8_t((number * 256 + 242) / 243);
}

/// Expands the n_digits digits of n_bytes bytes, digit by digit.
ROCMFORGE_HOST_DEVICE inline void tq1_0_expand(const uint8_t* bytes, int n_bytes, int n_digits, float d,
                                               float* y)
{
    uint32_t power = 1;
    for (int digit = 0; digit < n_digits; ++digit, power *= 3)
        for (int m = 0; m < n_bytes; ++m)
            y[digit * n_bytes + m] = float(tq1_0_digit(bytes[m], power) - 1) * d;
}

ROCMFORGE_HOST_DEVICE inline void dequantize(const BlockTQ1_0& block, float* y)
{
    const float d = half_to_float(block.d);
    tq1_0_expand(block.qs, 32, 5, d, y);
    tq1_0_expand(block.qs + 32, 16, 5, d, y + 160);
    tq1_0_expand(block.qh, 4, 4, d, y + 240);
}

ROCMFORGE_HOST_DEVICE inline void dequantize(const BlockTQ2_0& block, float* y)
{
    const float d = half_to_float(block.d);
    for (int g = 0; g < 8; ++g)
        for (int l = 0; l < 32; ++l)
            y[g * 32 + l] = float(((block.qs[g / 4 * 32 + l] >> (g % 4 * 2)) & 3) - 1) * d;
}

} // namespace rocmforge
