// IQ1_S and IQ1_M: 256 weights as 32 octets; an octet is one codebook entry of eight values -1, 0, 1
// and a shift of ± 1/8. weight = d · (2 scale + 1) · (value + shift).
#pragma once

#include "quant/half.h"
#include "quant/iq1_grid.h"

namespace rocmforge {

/// 32 weights share a scale and a shift.
struct BlockIQ1_S {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint8_t qs[32]; ///< low eight bits of the indices into iq1_grid
    uint16_t qh[8]; ///< high three bits of four indices, three bits of scale, the shift's sign
};
static_assert(sizeof(BlockIQ1_S) == 50);

/// 16 weights share a scale, eight a shift.
struct BlockIQ1_M {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint8_t qs[32]; ///< low eight bits of the indices into iq1_grid
    uint8_t qh[16]; ///< for two octets each: high three bits of the index and the shift's sign
    uint16_t scales[4]; ///< four scales of three bits; the high four bits of all four are d, a half
};
static_assert(sizeof(BlockIQ1_M) == 56);

ROCMFORGE_HOST_DEVICE inline void iq1_expand(int index, bool shift_down, float scale, float* y)
{
    const float shift = shift_down ? -0.125f : 0.125f;
    for (int j = 0; j < 8; ++j)
        y[j] = scale * (float(((iq1_grid[index] >> (2 * j)) & 3) - 1) + shift);
}

ROCMFORGE_HOST_DEVICE inline uint16_t iq1_m_d(const BlockIQ1_M& block)
{
    uint32_t d = 0;
    for (int i = 0; i < 4; ++i)
        d |= uint32_t(block.scales[i] >> 12) << (4 * i);
    return uint16_t(d);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ1_S& block, int o, float* y)
{
    const int qh = block.qh[o / 4];
    const float scale = half_to_float(block.d) * float(2 * ((qh >> 12) & 7) + 1);
    const int index = block.qs[o] | ((qh >> (o % 4 * 3)) & 7) << 8;
    iq1_expand(index, (qh & 0x8000) != 0, scale, y);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ1_M& block, int o, float* y)
{
    const int pair = o / 2; // octets that share a scale
    const int scale_code = (block.scales[pair / 4] >> (pair % 4 * 3)) & 7;
    const float scale = half_to_float(iq1_m_d(block)) * float(2 * scale_code + 1);
    const int high = block.qh[pair] >> (o % 2 * 4);
    iq1_expand(block.qs[o] | (high & 7) << 8, (high & 8) != 0, scale, y);
}

} // namespace rocmforge
