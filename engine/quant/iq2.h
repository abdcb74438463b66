// IQ2_XXS, IQ2_XS and IQ2_S: 256 weights as 32 octets; an octet is one codebook entry of eight
// magnitudes and eight signs. weight = d · (scale + 1/2) / 4 · magnitude · sign.
#pragma once

#include "quant/half.h"
#include "quant/iq2_grids.h"
#include "quant/iq_signs.h"

namespace rocmforge {

/// A group of 32 weights has eight bytes: four indices into iq2_xxs_grid, then little-endian four
/// times seven bits of signs and four bits of scale.
struct BlockIQ2_XXS {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint8_t qs[64];
};
static_assert(sizeof(BlockIQ2_XXS) == 66);

/// An octet is nine bits of index into iq2_xs_grid and seven bits of signs; 16 weights share a scale.
struct BlockIQ2_XS {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint16_t qs[32];
    uint8_t scales[8]; ///< of 16 weights in the low, of the next 16 in the high four bits
};
static_assert(sizeof(BlockIQ2_XS) == 74);

/// An octet has ten bits of index into iq2_s_grid and eight of signs; 16 weights share a scale.
struct BlockIQ2_S {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint8_t qs[32]; ///< low eight bits of the indices
    uint8_t signs[32];
    uint8_t qh[8]; ///< high two bits of four indices
    uint8_t scales[8]; ///< as in IQ2_XS
};
static_assert(sizeof(BlockIQ2_S) == 82);

/// Magnitude j (0 … 7) of a codebook entry.
ROCMFORGE_HOST_DEVICE inline float iq2_magnitude(uint16_t entry, int j)
{
    const int code = (entry >> (2 * j)) & 3;
    return float(8 + 17 * code + (code >> 1)); // 8, 25, 43
}

ROCMFORGE_HOST_DEVICE inline void iq2_expand(uint16_t entry, int signs, float scale, float* y)
{
    for (int j = 0; j < 8; ++j)
        y[j] = apply_sign(scale * iq2_magnitude(entry, j), signs, j);
}

ROCMFORGE_HOST_DEVICE inline float iq2_scale(float d, int scale)
{
    return d * (0.5f + float(scale)) * 0.25f;
}

/// The four-bit scale of octet o in formats where 16 weights share one.
ROCMFORGE_HOST_DEVICE inline int iq2_octet_scale(const uint8_t* scales, int o)
{
    return (scales[o / 4] >> (o / 2 % 2 * 4)) & 15;
}

ROCMFORGE_HOST_DEVICE inline int iq2_s_index(const BlockIQ2_S& block, int o)
{
    return block.qs[o] | ((block.qh[o / 4] >> (o % 4 * 2)) & 3) << 8;
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ2_XXS& block, int octet, float* y)
{
    const uint8_t* group = block.qs + octet / 4 * 8;
    const int o = octet % 4;
    const uint32_t signs_and_scale = load_u32(group + 4);
    iq2_expand(iq2_xxs_grid[group[o]], even_signs(signs_and_scale >> (7 * o)),
               iq2_scale(half_to_float(block.d), int(signs_and_scale >> 28)), y);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ2_XS& block, int o, float* y)
{
    iq2_expand(iq2_xs_grid[block.qs[o] & 511], even_signs(block.qs[o] >> 9),
               iq2_scale(half_to_float(block.d), iq2_octet_scale(block.scales, o)), y);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ2_S& block, int o, float* y)
{
    iq2_expand(iq2_s_grid[iq2_s_index(block, o)], block.signs[o],
               iq2_scale(half_to_float(block.d), iq2_octet_scale(block.scales, o)), y);
}

} // namespace rocmforge
