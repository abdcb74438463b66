// MXFP4: 32 weights of 4-bit floats (E2M1) with one power-of-two scale (E8M0).
// Source: OCP Microscaling Formats (MX) Specification 1.0. Nibbles lie as in Q4_0.
#pragma once

#include "quant/device.h"

namespace rocmforge {

/// Twice the E2M1 values, so that they are whole.
ROCMFORGE_TABLE int8_t e2m1_doubled[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

struct BlockMXFP4 {
    static constexpr int weights = 32;
    static constexpr int group = 32;
    uint8_t e; ///< scale = 2^(e - 127)
    uint8_t qs[16];
};
static_assert(sizeof(BlockMXFP4) == 17);

/// 2^(e - 128): half the scale, to go with e2m1_doubled. The smallest two are subnormal floats.
ROCMFORGE_HOST_DEVICE inline float e8m0_half(uint8_t e)
{
    const uint32_t bits = e < 2 ? 0x00200000u << e : uint32_t(e - 1) << 23;
    return __builtin_bit_cast(float, bits);
}

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockMXFP4& block, int, float* y)
{
    const float d = e8m0_half(block.e);
    for (int j = 0; j < 16; ++j) {
        y[j] = float(e2m1_doubled[block.qs[j] & 15]) * d;
        y[j + 16] = float(e2m1_doubled[block.qs[j] >> 4]) * d;
    }
}

} // namespace rocmforge
