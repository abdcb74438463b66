// IQ3_XXS and IQ3_S: 256 weights as 64 quartets; a quartet is one codebook entry of four magnitudes
// and four signs.
#pragma once

#include "quant/half.h"
#include "quant/iq3_grids.h"
#include "quant/iq_signs.h"

namespace rocmforge {

/// weight = d · (scale + 1/2) / 2 · magnitude · sign. A group of 32 weights has four bytes in `gas`:
/// little-endian four times seven bits of signs and four bits of scale.
struct BlockIQ3_XXS {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint8_t qs[64]; ///< indices into iq3_xxs_grid
    uint8_t gas[32];
};
static_assert(sizeof(BlockIQ3_XXS) == 98);

/// weight = d · (2 scale + 1) · magnitude · sign; 32 weights share a scale.
struct BlockIQ3_S {
    static constexpr int weights = 256;
    static constexpr int group = 8;
    uint16_t d; ///< half
    uint8_t qs[64]; ///< low eight bits of the indices into iq3_s_grid
    uint8_t qh[8]; ///< the ninth bits
    uint8_t signs[32];
    uint8_t scales[4]; ///< of 32 weights in the low, of the next 32 in the high four bits
};
static_assert(sizeof(BlockIQ3_S) == 110);

/// Magnitude j (0 … 3) of an entry of iq3_xxs_grid.
ROCMFORGE_HOST_DEVICE inline float iq3_xxs_magnitude(uint16_t entry, int j)
{
    const int code = (entry >> (3 * j)) & 7;
    return float(4 + 8 * code + ((code + 1) >> 3) * 2); // 4, 12, 20 … 52, 62
}

/// Magnitude j (0 … 3) of an entry of iq3_s_grid.
ROCMFORGE_HOST_DEVICE inline float iq3_s_magnitude(uint16_t entry, int j)
{
    return float(1 + 2 * ((entry >> (3 * j)) & 7));
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ3_XXS& block, int o, float* y)
{
    const uint32_t signs_and_scale = load_u32(block.gas + o / 4 * 4);
    const float scale = half_to_float(block.d) * (0.5f + float(signs_and_scale >> 28)) * 0.5f;
    const int signs = even_signs(signs_and_scale >> (o % 4 * 7));
    for (int q = 0; q < 2; ++q) {
        const uint16_t entry = iq3_xxs_grid[block.qs[o * 2 + q]];
        for (int j = 0; j < 4; ++j)
            y[q * 4 + j] = apply_sign(scale * iq3_xxs_magnitude(entry, j), signs, q * 4 + j);
    }
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockIQ3_S& block, int o, float* y)
{
    const int scale_code = (block.scales[o / 8] >> (o / 4 % 2 * 4)) & 15;
    const float scale = half_to_float(block.d) * float(1 + 2 * scale_code);
    for (int q = 0; q < 2; ++q) {
        const int high = (block.qh[o / 4] >> (o % 4 * 2 + q)) & 1;
        const uint16_t entry = iq3_s_grid[block.qs[o * 2 + q] | high << 8];
        for (int j = 0; j < 4; ++j)
            y[q * 4 + j] = apply_sign(scale * iq3_s_magnitude(entry, j), block.signs[o], q * 4 + j);
    }
}

} // namespace rocmforge
