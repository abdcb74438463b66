// Steps on single elements: one thread each.
#include "kernels/activation.h"

namespace rocmforge::device {

DEVICE inline int64_t element_index()
{
    return static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
}

/// y = activation(a) · b
KERNEL(activate, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] = activated(p.a[i], p.activation) * (p.b ? p.b[i] : 1.0f);
}

/// y += a · factor
KERNEL(add, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] += p.a[i] * p.factor;
}

/// y *= a
KERNEL(multiply_by, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] *= p.a[i];
}

/// y += a of the element's place in its row
KERNEL(add_bias, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] += p.a[i % p.width];
}

/// y *= factor
KERNEL(scale, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] *= p.factor;
}

/// y = factor · tanh(y / factor)
KERNEL(soft_cap, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] = p.factor * tanh_of(p.y[i] / p.factor);
}

/// y *= sigmoid(a of the element's row)
KERNEL(gate_by_sigmoid, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i < p.n)
        p.y[i] *= sigmoid(p.a[i / p.width]);
}

/// y = g · sigmoid(1.702 · g) · (u + 1), g = min(a, factor), u = b within ± factor
KERNEL(clamped_swiglu, ElementwiseParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i >= p.n)
        return;
    const float g = minimum(p.a[i], p.factor);
    const float u = maximum(minimum(p.b[i], p.factor), -p.factor);
    p.y[i] = g * sigmoid(1.702f * g) * (u + 1.0f);
}

KERNEL(scale_by_position, PositionScaleParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i >= p.n)
        return;
    const int32_t whole_lengths = p.positions[i / p.width] / p.length;
    p.y[i] *= 1.0f + p.scale * log_of(1.0f + static_cast<float>(whole_lengths));
}

KERNEL(xielu, XieluParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i >= p.n)
        return;
    const float x = p.x[i];
    const float bent = x > 0 ? p.positive * x * x : p.negative * (exp_of(minimum(x, p.limit)) - 1.0f - x);
    p.y[i] = p.slope * x + bent;
}

/// Reads x n_out times.
KERNEL(mix, MixParameters, workgroup_threads)
{
    const int64_t i = element_index();
    if (i >= p.n)
        return;
    const int64_t out = i / p.width; // of all rows
    const float* weights = p.weights + out * p.n_in;
    const float* x = p.x + out / p.n_out * p.x_stride + i % p.width;
    float sum = p.y[i];
    for (int in = 0; in < p.n_in; ++in)
        sum += weights[in] * x[in * p.width];
    p.y[i] = sum;
}

KERNEL(copy_rows, CopyRowsParameters, workgroup_threads)
{
    const int64_t i = element_index();
    const int64_t row = i / p.width;
    if (row < p.n_rows)
        p.to[row * p.to_stride + i % p.width] = p.from[row * p.from_stride + i % p.width];
}

} // namespace rocmforge::device
