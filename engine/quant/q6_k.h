// Q6_K: 256 weights of 6 bits in 16 groups of 16; weight = d · scale · (q - 32).
// Within each half of 128 weights, weight i has its low four bits in a half of ql[i % 64] and its
// high two bits in bits 2 (i / 32) of qh[i % 32].
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ6_K {
    static constexpr int weights = 256;
    uint8_t ql[128];
    uint8_t qh[64];
    int8_t scales[16];
    uint16_t d; ///< half
};
static_assert(sizeof(BlockQ6_K) == 210);

ROCMFORGE_HOST_DEVICE inline void dequantize(const BlockQ6_K& block, float* y)
{
    const float d = half_to_float(block.d);
    for (int i = 0; i < 256; ++i) {
        const int half = i / 128;
        const int j = i % 128;
        const int low = (block.ql[half * 64 + j % 64] >> (j / 64 * 4)) & 15;
        const int high = (block.qh[half * 32 + j % 32] >> (j / 32 * 2)) & 3;
        y[i] = d * float(block.scales[i / 16]) * float((low | high << 4) - 32);
    }
}

} // namespace rocmforge
