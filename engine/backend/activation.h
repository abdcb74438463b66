// The scalar definition of every activation function.
#pragma once

#include "backend/backend.h"

#include <cmath>
#include <numbers>

namespace rocmforge {

[[nodiscard]] inline float apply(Activation activation, float x)
{
    constexpr double sqrt_2_over_pi = 0.79788456080286535588;
    const double v = x;
    switch (activation) {
    case Activation::silu:
        return static_cast<float>(v / (1.0 + std::exp(-v)));
    case Activation::gelu:
        return static_cast<float>(0.5 * v * (1.0 + std::erf(v / std::numbers::sqrt2)));
    case Activation::gelu_tanh:
        return static_cast<float>(0.5 * v * (1.0 + std::tanh(sqrt_2_over_pi * (v + 0.044715 * v * v * v))));
    case Activation::relu:
        return x > 0 ? x : 0;
    }
    return x;
}

[[nodiscard]] inline float apply(const Xielu& xielu, float x)
{
    const double v = x;
    const double bent = x > 0 ? double(xielu.positive) * v * v
                              : double(xielu.negative) * (std::expm1(std::fmin(v, double(xielu.limit))) - v);
    return static_cast<float>(bent + double(xielu.slope) * v);
}

} // namespace rocmforge
