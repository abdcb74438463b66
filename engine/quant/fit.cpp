#include "quant/fit.h"

#include <algorithm>
#include <cmath>

namespace rocmforge {

float extreme(std::span<const float> x)
{
    const auto magnitude = [](float value) { return std::abs(value); };
    return *std::ranges::max_element(x, {}, magnitude);
}

float fit_scale(std::span<const float> x, int lo, int hi)
{
    const float largest = extreme(x);
    float best_scale = 0;
    float best_gain = 0; // squared error avoided
    // Clipping the largest weight a little, or leaving some range unused, may serve the rest better.
    for (const float stretch : {0.92f, 0.96f, 1.0f, 1.04f}) {
        const float inverse = static_cast<float>(lo) * stretch * reciprocal(largest);
        float xq = 0;
        float qq = 0;
        for (const float value : x) {
            const auto q = static_cast<float>(round_to(value * inverse, lo, hi));
            xq += value * q;
            qq += q * q;
        }
        const float gain = xq * xq * reciprocal(qq);
        if (gain > best_gain) {
            best_gain = gain;
            best_scale = xq / qq;
        }
    }
    return best_scale;
}

float fit_ternary_scale(std::span<const float> x)
{
    float scale = 0;
    for (const float value : x)
        scale += std::abs(value) / static_cast<float>(x.size());
    constexpr int rounds = 4; // enough to settle
    for (int round = 0; round < rounds; ++round) {
        const float inverse = reciprocal(scale);
        float xq = 0;
        float qq = 0;
        for (const float value : x) {
            const auto q = static_cast<float>(round_to(value * inverse, -1, 1));
            xq += value * q;
            qq += q * q;
        }
        scale = xq * reciprocal(qq);
    }
    return scale;
}

Affine fit_affine(std::span<const float> x, int hi, MinRange range)
{
    auto [min, max] = std::ranges::minmax(x);
    if (range == MinRange::not_positive)
        min = std::min(min, 0.0f);
    const float inverse = static_cast<float>(hi) * reciprocal(max - min);
    // Least squares for x ≈ scale · q + min over the rounded q.
    double q1 = 0, q2 = 0, x1 = 0, xq = 0;
    for (const float value : x) {
        const double q = round_to((value - min) * inverse, 0, hi);
        q1 += q;
        q2 += q * q;
        x1 += value;
        xq += value * q;
    }
    const auto n = static_cast<double>(x.size());
    const double determinant = n * q2 - q1 * q1;
    if (determinant <= 0)
        return {reciprocal(inverse), min};
    const double scale = (n * xq - q1 * x1) / determinant;
    const double fitted_min = (x1 - scale * q1) / n;
    if (range == MinRange::not_positive && fitted_min > 0)
        return {static_cast<float>(xq / q2), 0};
    return {static_cast<float>(scale), static_cast<float>(fitted_min)};
}

} // namespace rocmforge
