// Q2_0: 64 weights of two bits with one scale; weight = d · (q - 1). Byte j holds weights
// 4 j … 4 j + 3, the first in its lowest bits.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ2_0 {
    static constexpr int weights = 64;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ2_0) == 18);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ2_0& block, int g, float* y)
{
    const float d = half_to_float(block.d);
    for (int j = 0; j < 8; ++j)
        for (int i = 0; i < 4; ++i)
            y[j * 4 + i] = float(((block.qs[g * 8 + j] >> (i * 2)) & 3) - 1) * d;
}

} // namespace rocmforge
