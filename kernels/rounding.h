// Activations as 8-bit codes, 32 with a scale each, made by the lanes that have their values; and as halves.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// A power of two, within what floats have the inverse of, that brings `largest` to 2^14 … 2^15.
DEVICE inline float scale_to_halves(float largest)
{
    const int exponent = static_cast<int>(__builtin_bit_cast(uint32_t, largest) >> 23);
    const int wanted = minimum(maximum(127 + 14 - (exponent - 127), 1), 253);
    return __builtin_bit_cast(float, static_cast<uint32_t>(wanted) << 23);
}

/// 32 consecutive lanes, whose values are consecutive from a multiple of 32 on, round them together:
/// code = value / scale, the largest being ± 127. All lanes of the wave take part; those whose 32 values
/// do not exist store nothing.
DEVICE inline void round_lanes(const Rounded& to, int64_t i, float value, bool exists)
{
    const float scale = lanes_max<rounding_group>(magnitude(value)) / 127.0f;
    const float quotient = scale > 0 ? value / scale : 0;
    const int code = static_cast<int>(quotient + (quotient < 0 ? -0.5f : 0.5f));
    const float sum = lanes_sum<rounding_group>(static_cast<float>(code));
    if (!exists)
        return;
    to.codes[i] = static_cast<int8_t>(code);
    if (i % rounding_group == 0)
        to.scales[i / rounding_group] = {scale, scale * sum};
}

} // namespace rocmforge::device
