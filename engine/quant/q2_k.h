// Q2_K: 256 weights of 2 bits in 16 groups of 16; weight = d · scale · q - dmin · min.
// Byte l of half h (32 bytes) holds weights 128 h + l + 32 s in its bits 2s, 2s + 1.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ2_K {
    static constexpr int weights = 256;
    uint8_t scales[16]; ///< of each group: scale in the low, min in the high four bits
    uint8_t qs[64];
    uint16_t d; ///< half, scale of the scales
    uint16_t dmin; ///< half, scale of the mins
};
static_assert(sizeof(BlockQ2_K) == 84);

ROCMFORGE_HOST_DEVICE inline void dequantize(const BlockQ2_K& block, float* y)
{
    const float d = half_to_float(block.d);
    const float dmin = half_to_float(block.dmin);
    for (int i = 0; i < 256; ++i) {
        const uint8_t scale = block.scales[i / 16];
        const int q = (block.qs[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) & 3;
        y[i] = d * float(scale & 15) * float(q) - dmin * float(scale >> 4);
    }
}

} // namespace rocmforge
