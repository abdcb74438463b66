// Signs of the IQ2 and IQ3 formats: one bit per weight, set for negative.
#pragma once

#include "quant/device.h"

namespace rocmforge {

ROCMFORGE_HOST_DEVICE inline float apply_sign(float magnitude, int signs, int j)
{
    return magnitude * float(1 - 2 * ((signs >> j) & 1));
}

/// Eight signs from their low seven bits: the number of negative ones is even.
ROCMFORGE_HOST_DEVICE inline int even_signs(uint32_t bits)
{
    const uint32_t low = bits & 127u;
    return int(low | uint32_t(__builtin_popcount(low) & 1) << 7);
}

ROCMFORGE_HOST_DEVICE inline uint32_t load_u32(const uint8_t* bytes)
{
    return uint32_t(bytes[0]) | uint32_t(bytes[1]) << 8 | uint32_t(bytes[2]) << 16 | uint32_t(bytes[3]) << 24;
}

} // namespace rocmforge
