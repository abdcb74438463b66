// Q2_K: 256 weights of 2 bits in 16 groups of 16; weight = d · scale · q - dmin · min.
// Byte l of half h (32 bytes) holds weights 128 h + l + 32 s in its bits 2s, 2s + 1.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ2_K {
    static constexpr int weights = 256;
    static constexpr int group = 16;
    uint8_t scales[16]; ///< of each group: scale in the low, min in the high four bits
    uint8_t qs[64];
    uint16_t d; ///< half, scale of the scales
    uint16_t dmin; ///< half, scale of the mins
};
static_assert(sizeof(BlockQ2_K) == 84);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ2_K& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(block.scales[g] & 15);
    const float min = half_to_float(block.dmin) * float(block.scales[g] >> 4);
    const uint8_t* qs = block.qs + g / 8 * 32 + g % 2 * 16;
    const int shift = g % 8 / 2 * 2;
    for (int l = 0; l < 16; ++l)
        y[l] = scale * float((qs[l] >> shift) & 3) - min;
}

} // namespace rocmforge
