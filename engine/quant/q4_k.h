// Q4_K: 256 weights of 4 bits in 8 groups of 32; weight = d · scale · q - dmin · min.
// Byte l of quarter c (32 bytes) holds weight 64 c + l in its low and 64 c + 32 + l in its high half.
#pragma once

#include "quant/half.h"
#include "quant/k_scales.h"

namespace rocmforge {

struct BlockQ4_K {
    static constexpr int weights = 256;
    static constexpr int group = 32;
    uint16_t d; ///< half, scale of the scales
    uint16_t dmin; ///< half, scale of the mins
    uint8_t scales[12]; ///< see k_scales.h
    uint8_t qs[128];
};
static_assert(sizeof(BlockQ4_K) == 144);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ4_K& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(k_scale(block.scales, g));
    const float min = half_to_float(block.dmin) * float(k_min(block.scales, g));
    const uint8_t* qs = ROCMFORGE_ALIGNED(block.qs + g / 2 * 32, 16);
    for (int l = 0; l < 32; ++l) {
        const int q = (qs[l] >> (g % 2 * 4)) & 15;
        y[l] = scale * float(q) - min;
    }
}

} // namespace rocmforge
