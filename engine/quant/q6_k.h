// Q6_K: 256 weights of 6 bits in 16 groups of 16; weight = d · scale · (q - 32).
// Within each half of 128 weights, weight i has its low four bits in a half of ql[i % 64] and its
// high two bits in bits 2 (i / 32) of qh[i % 32].
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockQ6_K {
    static constexpr int weights = 256;
    static constexpr int group = 16;
    uint8_t ql[128];
    uint8_t qh[64];
    int8_t scales[16];
    uint16_t d; ///< half
};
static_assert(sizeof(BlockQ6_K) == 210);

/// A block's fields, wherever they lie.
struct FieldsQ6_K {
    const uint8_t* ql;
    const uint8_t* qh;
    const int8_t* scales;
    uint16_t d;
};

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const FieldsQ6_K& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(block.scales[g]);
    const uint8_t* ql = ROCMFORGE_ALIGNED(block.ql + g / 8 * 64 + g % 4 * 16, 16);
    const uint8_t* qh = ROCMFORGE_ALIGNED(block.qh + g / 8 * 32 + g % 2 * 16, 16);
    for (int l = 0; l < 16; ++l) {
        const int low = (ql[l] >> (g % 8 / 4 * 4)) & 15;
        const int high = (qh[l] >> (g % 8 / 2 * 2)) & 3;
        y[l] = scale * float((low | high << 4) - 32);
    }
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockQ6_K& block, int g, float* y)
{
    dequantize_group(FieldsQ6_K{block.ql, block.qh, block.scales, block.d}, g, y);
}

} // namespace rocmforge
