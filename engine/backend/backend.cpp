#include "backend/backend.h"

#include "backend/activation.h"
#include "backend/scalar_steps.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <vector>

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

void Backend::scale(float* x, float factor, int64_t n)
{
    for (int64_t i = 0; i < n; ++i)
        x[i] *= factor;
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

void Backend::xielu(float* h, const float* x, const Xielu& parameters, int64_t n)
{
    std::transform(x, x + n, h, [&](float value) { return apply(parameters, value); });
}

void Backend::keep_above(float* x, float deviations, int n_rows, int64_t width)
{
    for (int64_t row = 0; row < n_rows; ++row, x += width) {
        const double mean = std::accumulate(x, x + width, 0.0) / double(width);
        double squares = 0;
        for (int64_t i = 0; i < width; ++i)
            squares += (x[i] - mean) * (x[i] - mean);
        const double least = mean + double(deviations) * std::sqrt(squares / double(width - 1));
        std::transform(x, x + width, x,
                       [&](float value) { return static_cast<float>(std::max(value - least, 0.0)); });
    }
}

void Backend::match_power(float* y, const float* x, int n_rows, int64_t width)
{
    for (int64_t row = 0; row < n_rows; ++row, x += width, y += width) {
        const double wanted = std::inner_product(x, x + width, x, 0.0);
        const double given = std::inner_product(y, y + width, y, 0.0);
        scale(y, given > 0 ? static_cast<float>(std::sqrt(wanted / given)) : 0.0f, width);
    }
}

void Backend::mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width)
{
    const float* weight = mixing.weights;
    for (int row = 0; row < n_rows; ++row, x += mixing.n_in * width)
        for (int out = 0; out < mixing.n_out; ++out, y += width)
            for (int in = 0; in < mixing.n_in; ++in)
                Backend::add(y, x + in * width, *weight++, width);
}

void Backend::rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim)
{
    for (const int32_t position : batch.positions)
        for (int h = 0; h < n_heads; ++h, q += head_dim)
            norm_and_rotate_head(q, head_dim, rope, rope.q_norm, position);
}

void Backend::project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                            std::span<const Weight> heads, int n_tokens)
{
    const int64_t n_in = heads[0].n_in, n_out = heads[0].n_out, n_heads = std::ssize(heads);
    std::vector<float> head_x(static_cast<size_t>(n_tokens * n_in)),
        head_y(static_cast<size_t>(n_tokens * n_out));
    for (int64_t h = 0; h < n_heads; ++h) {
        const Projection projection{head_y.data(), &heads[static_cast<size_t>(h)]};
        copy_rows(head_x.data(), n_in, x + h * x_stride, n_heads * x_stride, n_in, n_tokens);
        project({&projection, 1}, head_x.data(), nullptr, n_tokens);
        copy_rows(out + h * out_stride, n_heads * out_stride, head_y.data(), n_out, n_out, n_tokens);
    }
}

void Backend::copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride, int64_t width,
                        int64_t n_rows)
{
    for (int64_t row = 0; row < n_rows; ++row)
        std::copy_n(from + row * from_stride, width, to + row * to_stride);
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
