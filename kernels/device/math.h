// Mathematics that must not come from a device library.
#pragma once

#include <stdint.h>

namespace rocmforge::device {

DEVICE inline float maximum(float a, float b)
{
    return a > b ? a : b;
}
DEVICE inline float minimum(float a, float b)
{
    return a < b ? a : b;
}
DEVICE inline int minimum(int a, int b)
{
    return a < b ? a : b;
}
DEVICE inline int maximum(int a, int b)
{
    return a > b ? a : b;
}
DEVICE inline float magnitude(float x)
{
    return x < 0 ? -x : x;
}

constexpr float infinity = __builtin_huge_valf();

DEVICE inline float exp_of(float x)
{
    // exp(x) = 2^(x · log2 e); the product's rounding error is added back.
    constexpr float log2_e = 1.44269504088896341f;
    constexpr float log2_e_rest = 1.92596299112661746e-8f;
    const float power = x * log2_e;
    const float rest = __builtin_fmaf(x, log2_e, -power) + x * log2_e_rest;
    return exp2_of(power) * (1.0f + 0.693147181f * (power > -200.0f && power < 200.0f ? rest : 0.0f));
}

DEVICE inline float log_of(float x)
{
    return log2_of(x) * 0.693147180559945309f;
}

/// Keeps what adding 1 would lose of a small x.
DEVICE inline float log_of_one_plus(float x)
{
    const float sum = 1.0f + x;
    const float kept = sum - 1.0f;
    return kept == 0.0f ? x : log_of(sum) * (x / kept);
}

DEVICE inline float sigmoid(float x)
{
    return 1.0f / (1.0f + exp_of(-x));
}

DEVICE inline float tanh_of(float x)
{
    const float a = magnitude(x);
    if (a < 0.25f) { // the formula below would cancel
        const float s = x * x;
        return x
            * (1.0f + s * (-0.333333333f + s * (0.133333333f + s * (-0.0539682540f + s * 0.0218694885f))));
    }
    const float t = 1.0f - 2.0f / (exp_of(2.0f * a) + 1.0f);
    return x < 0 ? -t : t;
}

/// Abramowitz and Stegun 7.1.26: the error is below 1.5e-7.
DEVICE inline float erf_of(float x)
{
    const float a = magnitude(x);
    const float t = 1.0f / (1.0f + 0.3275911f * a);
    const float polynomial = t
        * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    const float y = 1.0f - polynomial * exp_of(-a * a);
    return x < 0 ? -y : y;
}

struct SineCosine {
    float sine;
    float cosine;
};

/// Of any angle a context can have: reduced in double precision to within π/4, then by Taylor series.
DEVICE inline SineCosine sine_cosine(double angle)
{
    constexpr double two_over_pi = 0.63661977236758134308;
    constexpr double half_pi = 1.57079632679489661923;
    const double quarters = angle * two_over_pi;
    const auto quarter = static_cast<int64_t>(quarters + (quarters < 0 ? -0.5 : 0.5));
    const auto r = static_cast<float>(angle - static_cast<double>(quarter) * half_pi);
    const float s = r * r;
    const float sine = r * (1.0f + s * (-1.0f / 6 + s * (1.0f / 120 + s * (-1.0f / 5040 + s / 362880))));
    const float cosine =
        1.0f + s * (-0.5f + s * (1.0f / 24 + s * (-1.0f / 720 + s * (1.0f / 40320 - s / 3628800))));
    switch (quarter & 3) {
    case 0:
        return {sine, cosine};
    case 1:
        return {cosine, -sine};
    case 2:
        return {-sine, -cosine};
    default:
        return {-cosine, sine};
    }
}

} // namespace rocmforge::device
