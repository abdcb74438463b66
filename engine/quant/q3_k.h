// Q3_K: 256 weights of 3 bits in 16 groups of 16; weight = d · (scale - 32) · (q - 4).
// The low two bits lie as in Q2_K; bit i / 32 of hmask[i % 32] is the third bit of weight i.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ3_K {
    static constexpr int weights = 256;
    uint8_t hmask[32];
    uint8_t qs[64];
    uint8_t scales[12]; ///< 16 of 6 bits: low four in bytes 0-7, high two in bytes 8-11
    uint16_t d; ///< half
};
static_assert(sizeof(BlockQ3_K) == 110);

/// The 6-bit scale of group g (0 … 15).
ROCMFORGE_HOST_DEVICE inline int q3_k_scale(const BlockQ3_K& block, int g)
{
    const int low = (block.scales[g % 8] >> (g / 8 * 4)) & 15;
    const int high = (block.scales[8 + g % 4] >> (g / 4 * 2)) & 3;
    return low | high << 4;
}

ROCMFORGE_HOST_DEVICE inline void dequantize(const BlockQ3_K& block, float* y)
{
    const float d = half_to_float(block.d);
    for (int i = 0; i < 256; ++i) {
        const int low = (block.qs[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) & 3;
        const int high = (block.hmask[i % 32] >> (i / 32)) & 1;
        y[i] = d * float(q3_k_scale(block, i / 16) - 32) * float((low | high << 2) - 4);
    }
}

} // namespace rocmforge
