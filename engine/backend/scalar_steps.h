// The scalar definitions of norms and rotations of one row.
#pragma once

#include "backend/backend.h"

#include <cmath>

namespace rocmforge {

/// Mean and scale factor of one row: y = (x - mean) · factor.
struct Moments {
    double mean = 0;
    double factor = 1;
};

[[nodiscard]] inline Moments moments(const float* x, int64_t n, const Norm& norm)
{
    double mean = 0;
    if (norm.kind == NormKind::layer) {
        for (int64_t i = 0; i < n; ++i)
            mean += x[i];
        mean /= double(n);
    }
    double variance = 0;
    for (int64_t i = 0; i < n; ++i)
        variance += (x[i] - mean) * (x[i] - mean);
    return {mean, 1.0 / std::sqrt(variance / double(n) + double(norm.eps))};
}

/// y (n) = norm(x) with the weights of the group that row number `row` takes.
inline void norm_row(float* y, const float* x, const Norm& norm, int64_t row, int64_t n)
{
    const Moments m = moments(x, n, norm);
    const int64_t group = row % norm.groups * n;
    for (int64_t i = 0; i < n; ++i) {
        double value = (x[i] - m.mean) * m.factor;
        if (norm.weight)
            value *= norm.weight[group + i];
        if (norm.bias)
            value += norm.bias[group + i];
        y[i] = static_cast<float>(value);
    }
}

inline void rotate_head(float* head, const Rope& rope, int32_t position)
{
    if (rope.pairing == RopePairing::none)
        return;
    const int half = rope.n_rot / 2;
    const bool split = rope.pairing == RopePairing::half_split;
    for (int i = 0; i < half; ++i) {
        const double angle = double(position) * double(rope.frequencies[i]);
        const double cosine = std::cos(angle) * rope.magnitude;
        const double sine = std::sin(angle) * rope.magnitude;
        float& a = head[split ? i : 2 * i];
        float& b = head[split ? i + half : 2 * i + 1];
        const double a0 = a, b0 = b;
        a = static_cast<float>(a0 * cosine - b0 * sine);
        b = static_cast<float>(a0 * sine + b0 * cosine);
    }
}

/// One head of q or k, with that one's norm.
inline void norm_and_rotate_head(float* head, int64_t head_dim, const Rope& rope, const Norm& norm,
                                 int32_t position)
{
    const bool norm_first = rope.norm_order == NormOrder::before_rotation;
    if (norm.weight && norm_first)
        norm_row(head, head, norm, 0, head_dim);
    rotate_head(head, rope, position);
    if (norm.weight && !norm_first)
        norm_row(head, head, norm, 0, head_dim);
}

} // namespace rocmforge
