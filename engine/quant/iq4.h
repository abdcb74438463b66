// IQ4_NL and IQ4_XS: 4-bit indices into a table of unevenly spaced values; weight = scale · value.
#pragma once

#include "quant/half.h"

namespace rocmforge {

ROCMFORGE_TABLE int8_t iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                         1,    13,   25,  38,  53,  69,  89,  113};

/// 32 weights, laid out as in Q4_0.
struct BlockIQ4_NL {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint8_t qs[16];
};
static_assert(sizeof(BlockIQ4_NL) == 18);

/// 256 weights in 8 groups of 32, each laid out as in Q4_0; its scale is d · (6 bits - 32).
struct BlockIQ4_XS {
    static constexpr int weights = 256;
    static constexpr int group = 32;
    uint16_t d; ///< half
    uint16_t scales_h; ///< high two bits of each scale
    uint8_t scales_l[4]; ///< low four bits of each scale
    uint8_t qs[128];
};
static_assert(sizeof(BlockIQ4_XS) == 136);

/// The 6-bit scale of group g (0 … 7).
ROCMFORGE_HOST_DEVICE inline int iq4_xs_scale(const BlockIQ4_XS& block, int g)
{
    const int low = (block.scales_l[g / 2] >> (g % 2 * 4)) & 15;
    const int high = (block.scales_h >> (g * 2)) & 3;
    return low | high << 4;
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ4_NL& block, int, float* y)
{
    const float d = half_to_float(block.d);
    for (int j = 0; j < 16; ++j) {
        y[j] = d * float(iq4_values[block.qs[j] & 15]);
        y[j + 16] = d * float(iq4_values[block.qs[j] >> 4]);
    }
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ4_XS& block, int g, float* y)
{
    const float scale = half_to_float(block.d) * float(iq4_xs_scale(block, g) - 32);
    for (int j = 0; j < 16; ++j) {
        const uint8_t pair = block.qs[g * 16 + j];
        y[j] = scale * float(iq4_values[pair & 15]);
        y[j + 16] = scale * float(iq4_values[pair >> 4]);
    }
}

} // namespace rocmforge
