// Q1_0: 128 weights of one bit with one scale; weight = ± d, + where the bit is set.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ1_0 {
    static constexpr int weights = 128;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint8_t qs[16];
};
static_assert(sizeof(BlockQ1_0) == 18);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ1_0& block, int g, float* y)
{
    const float d = half_to_float(block.d);
    for (int j = 0; j < 4; ++j)
        for (int bit = 0; bit < 8; ++bit)
            y[j * 8 + bit] = d * float(2 * ((block.qs[g * 4 + j] >> bit) & 1) - 1);
}

} // namespace rocmforge
