#include "backend/backend.h"

#include "backend/activation.h"

#include <algorithm>
#include <cmath>

namespace rocmforge {

void Backend::activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    for (int64_t i = 0; i < n; ++i)
        h[i] = apply(activation, gate[i]) * (up ? up[i] : 1.0f);
}

void Backend::add(float* x, const float* y, float scale, int64_t n)
{
    for (int64_t i = 0; i < n; ++i)
        x[i] += y[i] * scale;
}

void Backend::add_bias(float* x, const float* bias, int n_rows, int64_t width)
{
    for (int64_t row = 0; row < n_rows; ++row)
        add(x + row * width, bias, 1.0f, width);
}

void Backend::soft_cap(float* x, float cap, int64_t n)
{
    for (int64_t i = 0; i < n; ++i)
        x[i] = cap * std::tanh(x[i] / cap);
}

void Backend::gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share)
{
    for (int64_t i = 0; i < n; ++i)
        x[i] *= 1 / (1 + std::exp(-gate[i / share]));
}

void Backend::clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n)
{
    constexpr float steepness = 1.702f;
    for (int64_t i = 0; i < n; ++i) {
        const float g = std::min(gate[i], limit);
        const float u = std::clamp(up[i], -limit, limit);
        h[i] = g / (1 + std::exp(-steepness * g)) * (u + 1);
    }
}

void Backend::scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width)
{
    for (const int32_t position : batch.positions) {
        const float factor = 1 + scale * std::log(1 + std::floor(float(position) / float(length)));
        for (int64_t i = 0; i < width; ++i)
            *x++ *= factor;
    }
}

} // namespace rocmforge
