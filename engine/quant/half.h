// 16-bit floating point: IEEE binary16 ("half") and bfloat16, to and from float, bit-exact.
#pragma once

#include "quant/device.h"

namespace rocmforge {

ROCMFORGE_HOST_DEVICE inline float half_to_float(uint16_t half)
{
#if defined(__HIP_DEVICE_COMPILE__)
    return static_cast<float>(__builtin_bit_cast(_Float16, half));
#elif defined(__CUDA_ARCH__)
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(half));
    return value;
#else
    const uint32_t sign = uint32_t(half & 0x8000u) << 16;
    const uint32_t magnitude = uint32_t(half & 0x7fffu) << 13;
    // Zero and subnormals are whole multiples of 2^-24. All cases are computed and one is selected,
    // so that loops over halves vectorize.
    const float subnormal = float(half & 0x3ffu) * 0x1p-24f;
    const uint32_t normal = magnitude + ((127u - 15u) << 23);
    const uint32_t infinite = magnitude | 0x7f800000u;
    uint32_t bits = magnitude < (1u << 23) ? __builtin_bit_cast(uint32_t, subnormal) : normal;
    bits = magnitude < (31u << 23) ? bits : infinite;
    return __builtin_bit_cast(float, sign | bits);
#endif
}

/// Rounds to nearest even; too large becomes infinity, NaN stays NaN.
ROCMFORGE_HOST_DEVICE inline uint16_t float_to_half(float value)
{
    const uint32_t bits = __builtin_bit_cast(uint32_t, value);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return uint16_t(sign | 0x7e00u);
    if (magnitude >= 0x47800000u) // 65536
        return uint16_t(sign | 0x7c00u);
    if (magnitude < 0x38800000u) { // below 2^-14: let the addition round to a multiple of 2^-24
        const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
        return uint16_t(sign | (__builtin_bit_cast(uint32_t, shifted) - 0x3f000000u));
    }
    const uint32_t odd = (magnitude >> 13) & 1u;
    return uint16_t(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

ROCMFORGE_HOST_DEVICE inline float bfloat16_to_float(uint16_t value)
{
    return __builtin_bit_cast(float, uint32_t(value) << 16);
}

/// Rounds to nearest even; NaN stays NaN.
ROCMFORGE_HOST_DEVICE inline uint16_t float_to_bfloat16(float value)
{
    const uint32_t bits = __builtin_bit_cast(uint32_t, value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return uint16_t(bits >> 16 | 64u);
    return uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

} // namespace rocmforge
