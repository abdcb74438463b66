// Q3_K: 256 weights of 3 bits in 16 groups of 16; weight = d · (scale - 32) · (q - 4).
// The low two bits lie as in Q2_K; bit i / 32 of hmask[i % 32] is the third bit of weight i.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ3_K {
    static constexpr int weights = 256;
    static constexpr int group = 16;
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

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ3_K& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(q3_k_scale(block, g) - 32);
    const uint8_t* qs = block.qs + g / 8 * 32 + g % 2 * 16;
    const uint8_t* hmask = block.hmask + g % 2 * 16;
    const int shift = g % 8 / 2 * 2;
    for (int l = 0; l < 16; ++l) {
        const int low = (qs[l] >> shift) & 3;
        const int high = (hmask[l] >> (g / 2)) & 1;
        y[l] = scale * float((low | high << 2) - 4);
    }
}

} // namespace rocmforge
