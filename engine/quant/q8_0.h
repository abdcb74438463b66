// Q8_0: 32 weights of 8 bits with one scale; weight = d · q.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ8_0 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    int8_t qs[32];
};
static_assert(sizeof(BlockQ8_0) == 34);

/// A block's fields, wherever they lie.
struct FieldsQ8_0 {
    const int8_t* qs;
    uint16_t d;
};

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const FieldsQ8_0& block, int, float* y)
{
    const float d = half_to_float(block.d);
    for (int i = 0; i < 32; ++i)
        y[i] = float(block.qs[i]) * d;
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ8_0& block, int g, float* y)
{
    dequantize_group(FieldsQ8_0{block.qs, block.d}, g, y);
}

} // namespace rocmforge
