// Q4_0 and Q4_1: 32 weights of 4 bits with one scale, and for Q4_1 a minimum.
// Byte j holds weight j in its low and weight j + 16 in its high half.
#pragma once

#include "quant/half.h"

namespace rocmforge {

/// weight = d · (q - 8)
struct BlockQ4_0 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ4_0) == 18);

/// weight = d · q + m
struct BlockQ4_1 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint16_t m; ///< half
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ4_1) == 20);

/// A block's fields, wherever they lie.
struct FieldsQ4_0 {
    const uint8_t* qs;
    uint16_t d;
};

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const FieldsQ4_0& block, int, float* y)
{
    const float d = half_to_float(block.d);
    for (int j = 0; j < 16; ++j) {
        y[j] = float((block.qs[j] & 15) - 8) * d;
        y[j + 16] = float((block.qs[j] >> 4) - 8) * d;
    }
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ4_0& block, int g, float* y)
{
    dequantize_group(FieldsQ4_0{block.qs, block.d}, g, y);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ4_1& block, int, float* y)
{
    const float d = half_to_float(block.d);
    const float m = half_to_float(block.m);
    for (int j = 0; j < 16; ++j) {
        y[j] = float(block.qs[j] & 15) * d + m;
        y[j + 16] = float(block.qs[j] >> 4) * d + m;
    }
}

} // namespace rocmforge
