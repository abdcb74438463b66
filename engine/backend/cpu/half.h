// IEEE binary16 from float, in integer arithmetic.
#pragma once

#include <bit>
#include <cstdint>

namespace rocmforge {

/// Round to nearest, ties to even; beyond the range becomes infinity.
[[nodiscard]] inline uint16_t half_from_float(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t sign = bits >> 16 & 0x8000;
    const uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return static_cast<uint16_t>(sign | 0x7e00);
    if (magnitude >= 0x477ff000)
        return static_cast<uint16_t>(sign | 0x7c00);
    if (magnitude < 0x38800000) {
        // Adding 0.5 lets the FPU round to the subnormal's 2^-24 steps.
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3f000000));
    }
    const uint32_t odd = magnitude >> 13 & 1;
    return static_cast<uint16_t>(sign | (magnitude - 0x38000000 + 0xfff + odd) >> 13);
}

} // namespace rocmforge
