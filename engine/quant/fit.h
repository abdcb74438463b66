// Finding the scale, and where a format has one the minimum, that represents a group of weights
// with the least squared error.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>

namespace rocmforge {

/// The whole number nearest to x, within lo … hi, which lie within ±2^22.
[[nodiscard]] inline int round_to(float x, int lo, int hi)
{
    // 1.5 · 2^23 leaves no bits for a fraction: the addition rounds to nearest even, without a call.
    constexpr float shift = 12582912.0f;
    const float shifted = std::clamp(x, static_cast<float>(lo), static_cast<float>(hi)) + shift;
    return std::bit_cast<int32_t>(shifted) - std::bit_cast<int32_t>(shift);
}

/// 1 / x, or 0 for 0: what to multiply with so that a zero scale gives zeros.
[[nodiscard]] inline float reciprocal(float x)
{
    return x != 0 ? 1 / x : 0;
}

/// The value of largest magnitude, with its sign.
[[nodiscard]] float extreme(std::span<const float> x);

/// s such that s · q, q within lo … hi, is close to x. Negative where that uses the longer side.
[[nodiscard]] float fit_scale(std::span<const float> x, int lo, int hi);

/// s such that s · q, q of -1, 0 and 1, is close to x.
[[nodiscard]] float fit_ternary_scale(std::span<const float> x);

struct Affine {
    float scale = 0; ///< ≥ 0
    float min = 0;
};

enum class MinRange { any, not_positive };

/// scale and min such that scale · q + min, q within 0 … hi, is close to x.
[[nodiscard]] Affine fit_affine(std::span<const float> x, int hi, MinRange range);

} // namespace rocmforge
