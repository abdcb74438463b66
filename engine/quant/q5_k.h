// Q5_K: 256 weights of 5 bits in 8 groups of 32; weight = d · scale · q - dmin · min.
// The low four bits lie as in Q4_K; bit g of qh[l] is the fifth bit of weight 32 g + l.
#pragma once

#include "quant/half.h"
#include "quant/k_scales.h"

namespace rocmforge {

struct BlockQ5_K {
    static constexpr int weights = 256;
    static constexpr int group = 32;
    uint16_t d; ///< half, scale of the scales
    uint16_t dmin; ///< half, scale of the mins
    uint8_t scales[12]; ///< see k_scales.h
    uint8_t qh[32];
    uint8_t qs[128];
};
static_assert(sizeof(BlockQ5_K) == 176);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ5_K& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(k_scale(block.scales, g));
    const float min = half_to_float(block.dmin) * float(k_min(block.scales, g));
    const uint8_t* qs = ROCMFORGE_ALIGNED(block.qs + g / 2 * 32, 16);
    const uint8_t* qh = ROCMFORGE_ALIGNED(block.qh, 16);
    for (int l = 0; l < 32; ++l) {
        const int low = (qs[l] >> (g % 2 * 4)) & 15;
        const int high = (qh[l] >> g) & 1;
        y[l] = scale * float(low | high << 4) - min;
    }
}

} // namespace rocmforge
