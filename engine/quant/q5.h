// Q5_0 and Q5_1: 32 weights of 5 bits with one scale, and for Q5_1 a minimum.
// The low four bits lie as in Q4_0; bit i of qh is the fifth bit of weight i.
#pragma once

#include "quant/half.h"

namespace rocmforge {

/// weight = d · (q - 16)
struct BlockQ5_0 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint8_t qh[4];
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ5_0) == 22);

/// weight = d · q + m
struct BlockQ5_1 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint16_t m; ///< half
    uint8_t qh[4];
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ5_1) == 24);

/// The 5-bit value of weight i.
template <typename BlockQ5> ROCMFORGE_HOST_DEVICE inline int q5_value(const BlockQ5& block, int i)
{
    const int low = i < 16 ? block.qs[i] & 15 : block.qs[i - 16] >> 4;
    const int high = (block.qh[i / 8] >> (i % 8)) & 1;
    return low | high << 4;
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ5_0& block, int, float* y)
{
    const float d = half_to_float(block.d);
    for (int i = 0; i < 32; ++i)
        y[i] = float(q5_value(block, i) - 16) * d;
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ5_1& block, int, float* y)
{
    const float d = half_to_float(block.d);
    const float m = half_to_float(block.m);
    for (int i = 0; i < 32; ++i)
        y[i] = float(q5_value(block, i)) * d + m;
}

} // namespace rocmforge
