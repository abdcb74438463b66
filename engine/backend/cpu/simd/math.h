// Elementary functions on vectors. Relative error below 3e-7.
#pragma once

#include "backend/backend.h"

#include <math.h>

namespace rocmforge::cpu {
namespace {

/// e^x = 2^n · (1 + minus_1)
struct ReducedExponent {
    Ints n;
    Floats minus_1;
};

/// Method: Cephes expf.
ROCMFORGE_INLINE ReducedExponent reduce_exponent(Floats x)
{
    const Ints n = to_ints(x * broadcast(1.44269504088896341f));
    const Floats whole = to_floats(n);
    Floats r = fma(whole, broadcast(-0.693359375f), x);
    r = fma(whole, broadcast(2.12194440e-4f), r);
    Floats p = broadcast(1.9875691500e-4f);
    p = fma(p, r, broadcast(1.3981999507e-3f));
    p = fma(p, r, broadcast(8.3334519073e-3f));
    p = fma(p, r, broadcast(4.1665795894e-2f));
    p = fma(p, r, broadcast(1.6666665459e-1f));
    p = fma(p, r, broadcast(5.0000001201e-1f));
    return {n, fma(p, r * r, r)};
}

/// e^x, of x limited to ±87: e^-87 is zero for all purposes here.
ROCMFORGE_INLINE Floats exp(Floats x)
{
    x = min(max(x, broadcast(-87.0f)), broadcast(87.0f));
    const ReducedExponent e = reduce_exponent(x);
    return scale_by_power_of_2(e.minus_1 + broadcast(1.0f), e.n);
}

/// e^x - 1, to the last digits around 0 too. Limits and method of exp().
ROCMFORGE_INLINE Floats exp_minus_1(Floats x)
{
    x = min(max(x, broadcast(-87.0f)), broadcast(87.0f));
    const ReducedExponent e = reduce_exponent(x);
    return scale_by_power_of_2(e.minus_1, e.n)
        + (scale_by_power_of_2(broadcast(1.0f), e.n) - broadcast(1.0f));
}

/// x / (1 + e^-z)
ROCMFORGE_INLINE Floats times_sigmoid(Floats x, Floats z)
{
    return x / (broadcast(1.0f) + exp(broadcast(0.0f) - z));
}

/// 1 - 2 / (e^2x + 1): absolute error below 2e-7.
ROCMFORGE_INLINE Floats tanh(Floats x)
{
    return broadcast(1.0f) - broadcast(2.0f) / (exp(x + x) + broadcast(1.0f));
}

/// x · Φ(x), lane by lane with the C library's erfc, in double: in its tail erfc magnifies the rounding
/// of its argument.
inline Floats gelu(Floats x)
{
    float lanes[16];
    store(lanes, x);
    for (float& lane : lanes)
        lane = static_cast<float>(0.5 * lane * ::erfc(lane * -0.70710678118654752440));
    return load(lanes);
}

/// 0.5 x (1 + tanh(u)) = x / (1 + e^-2u) with u = √(2/π) (x + 0.044715 x³)
ROCMFORGE_INLINE Floats gelu_tanh(Floats x)
{
    const Floats cubic = fma(broadcast(0.044715f) * x * x, x, x);
    return times_sigmoid(x, cubic * broadcast(2 * 0.79788456080286536f));
}

template <Activation activation> ROCMFORGE_INLINE Floats apply(Floats x)
{
    if constexpr (activation == Activation::silu)
        return times_sigmoid(x, x);
    else if constexpr (activation == Activation::gelu)
        return gelu(x);
    else if constexpr (activation == Activation::gelu_tanh)
        return gelu_tanh(x);
    else
        return max(x, broadcast(0.0f));
}

} // namespace
} // namespace rocmforge::cpu
