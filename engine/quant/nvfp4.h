// NVFP4: 64 weights of 4-bit floats (E2M1) in groups of 16 with a scale in UE4M3 each.
// Byte l of group g (8 bytes) holds weight 16 g + l in its low and 16 g + 8 + l in its high half.
#pragma once

#include "quant/mxfp4.h"

namespace rocmforge {

struct BlockNVFP4 {
    static constexpr int weights = 64;
    static constexpr int group = 16;
    uint8_t d[4];
    uint8_t qs[32];
};
static_assert(sizeof(BlockNVFP4) == 36);

/// Half of an unsigned float with four bits of exponent (bias 7) and three of mantissa, to go with
/// e2m1_doubled. All bits set is not a number and counts as zero.
ROCMFORGE_HOST_DEVICE inline float ue4m3_half(uint8_t bits)
{
    const int exponent = (bits >> 3) & 15;
    const int mantissa = bits & 7;
    if ((bits & 127) == 127)
        return 0;
    if (exponent == 0)
        return float(mantissa) * 0x1p-10f;
    return float(8 + mantissa) * __builtin_bit_cast(float, uint32_t(127 - 11 + exponent) << 23);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockNVFP4& block, int g, float* y)
{
    const float d = ue4m3_half(block.d[g]);
    for (int l = 0; l < 8; ++l) {
        const uint8_t pair = block.qs[g * 8 + l];
        y[l] = float(e2m1_doubled[pair & 15]) * d;
        y[l + 8] = float(e2m1_doubled[pair >> 4]) * d;
    }
}

} // namespace rocmforge
