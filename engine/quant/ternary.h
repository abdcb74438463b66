// TQ1_0 and TQ2_0: 256 weights -1, 0 or 1 with one scale; weight = d · value.
#pragma once

#include "quant/half.h"

namespace rocmforge {

/// Five values per byte in base three, scaled to use all of the byte: 160 weights in 32 bytes, the
/// first 32 being the most significant digits, then 80 in 16 likewise, then 16 in four bytes of qh.
struct BlockTQ1_0 {
    static constexpr int weights = 256;
    static constexpr int group = 16;
    uint8_t qs[48];
    uint8_t qh[4];
    uint16_t d; ///< half
};
static_assert(sizeof(BlockTQ1_0) == 54);

/// Bits 2s, 2s + 1 of byte l in half h (32 bytes) are value + 1 of weight 128 h + 32 s + l.
struct BlockTQ2_0 {
    static constexpr int weights = 256;
    static constexpr int group = 32;
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

/// 3^digit, digit 0 … 4.
ROCMFORGE_HOST_DEVICE inline uint32_t tq1_0_power(int digit)
{
    constexpr uint32_t powers = 81u << 24 | 27u << 16 | 9u << 8 | 3u; // of the digits after the first
    return digit == 0 ? 1 : (powers >> (8 * (digit - 1))) & 255u;
}

/// The byte with these digits, most significant first.
ROCMFORGE_HOST_DEVICE inline uint8_t tq1_0_byte(const int* digits)
{
    int number = 0;
    for (int i = 0; i < 5; ++i)
        number = number * 3 + digits[i];
    return uint8_t((number * 256 + 242) / 243);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockTQ1_0& block, int g, float* y)
{
    const float d = half_to_float(block.d);
    const bool last = g == 15; // four digits of four bytes instead of one of sixteen
    const uint32_t power = tq1_0_power(last ? 0 : g < 10 ? g / 2 : g - 10);
    const uint8_t* bytes = last ? block.qh : block.qs + (g < 10 ? g % 2 * 16 : 32);
    for (int l = 0; l < 16; ++l) {
        const int digit = last ? tq1_0_digit(bytes[l % 4], tq1_0_power(l / 4)) : tq1_0_digit(bytes[l], power);
        y[l] = float(digit - 1) * d;
    }
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockTQ2_0& block, int g, float* y)
{
    const float d = half_to_float(block.d);
    for (int l = 0; l < 32; ++l)
        y[l] = float(((block.qs[g / 4 * 32 + l] >> (g % 4 * 2)) & 3) - 1) * d;
}

/// Blocks with a scale of 1 from bare codes, of which bits 6 - 2s, 7 - 2s of byte l in each 32 are value + 1
/// of weight 32 s + l of 128.
inline void pack_bare_codes(const uint8_t* codes, BlockTQ2_0* blocks, int64_t n_blocks)
{
    for (int64_t i = 0; i < n_blocks; ++i) {
        blocks[i].d = float_to_half(1);
        for (uint8_t& pairs : blocks[i].qs) {
            const unsigned code = *codes++;
            pairs = uint8_t((code & 3) << 6 | (code & 12) << 2 | (code & 48) >> 2 | code >> 6);
        }
    }
}

} // namespace rocmforge
