// Elementwise steps.
#include "backend/hip/launch_parameters.h"
#include "backend/hip/steps.h"

namespace rocmforge::hip {

void HipBackend::activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    elementwise("activate", {.y = h, .a = gate, .b = up, .n = n, .activation = activation_kind(activation)});
}

void HipBackend::add(float* x, const float* y, float scale, int64_t n)
{
    elementwise("add", {.y = x, .a = y, .n = n, .factor = scale});
}

void HipBackend::add_bias(float* x, const float* bias, int n_rows, int64_t width)
{
    elementwise("add_bias", {.y = x, .a = bias, .n = n_rows * width, .width = width});
}

void HipBackend::scale(float* x, float factor, int64_t n)
{
    elementwise("scale", {.y = x, .n = n, .factor = factor});
}

void HipBackend::soft_cap(float* x, float cap, int64_t n)
{
    elementwise("soft_cap", {.y = x, .n = n, .factor = cap});
}

void HipBackend::gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share)
{
    elementwise("gate_by_sigmoid", {.y = x, .a = gate, .n = n, .width = share});
}

void HipBackend::clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n)
{
    elementwise("clamped_swiglu", {.y = h, .a = gate, .b = up, .n = n, .factor = limit});
}

void HipBackend::xielu(float* h, const float* x, const Xielu& parameters, int64_t n)
{
    const device::XieluParameters p{
        h, x, n, parameters.positive, parameters.negative, parameters.slope, parameters.limit};
    queue_.launch("xielu", {elementwise_groups(n)}, p);
}

void HipBackend::keep_above(float* x, float deviations, int n_rows, int64_t width)
{
    const device::RowParameters p{x, nullptr, static_cast<int32_t>(width), row_threads(width), deviations};
    queue_.launch("keep_above", {n_rows}, p, p.n_threads);
}

void HipBackend::match_power(float* y, const float* x, int n_rows, int64_t width)
{
    const device::RowParameters p{y, x, static_cast<int32_t>(width), row_threads(width), 0};
    queue_.launch("match_power", {n_rows}, p, p.n_threads);
}

void HipBackend::mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width)
{
    const device::MixParameters p{y,
                                  x,
                                  mixing.weights,
                                  n_rows * mixing.n_out * width,
                                  width,
                                  mixing.n_in * width,
                                  mixing.n_out,
                                  mixing.n_in};
    queue_.launch("mix", {elementwise_groups(p.n)}, p);
}

void HipBackend::scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width)
{
    const device::PositionScaleParameters p{x,     batch_.positions(), batch.n_tokens() * width, width, scale,
                                            length};
    queue_.launch("scale_by_position", {elementwise_groups(p.n)}, p);
}

void HipBackend::copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride,
                           int64_t width, int64_t n_rows)
{
    const device::CopyRowsParameters p{to, from, to_stride, from_stride, width, n_rows};
    queue_.launch("copy_rows", {elementwise_groups(width * n_rows)}, p);
}

} // namespace rocmforge::hip
