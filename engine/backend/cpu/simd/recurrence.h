// The inner loops of recurrent layers.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/elementwise.h"
#include "backend/cpu/simd/math.h"

namespace rocmforge::cpu {
namespace {

/// Row `index` of the inputs, counted from the sequence's first in this batch; those before it are in
/// the state.
ROCMFORGE_INLINE const float* convolution_input(const ConvolutionTask& task, int64_t index)
{
    const Convolution& c = *task.convolution;
    return index < 0 ? task.state + (index + c.kernel - 1) * c.width : task.x + index * c.width;
}

/// The tap's weights of up to 16 channels from `first` on.
ROCMFORGE_INLINE Floats tap_weights(const Convolution& c, int64_t first, int64_t n, int tap)
{
    float lanes[16] = {};
    for (int64_t i = 0; i < n; ++i)
        lanes[i] = c.weight[(first + i) * c.kernel + tap];
    return load(lanes);
}

template <typename Get, typename Put>
ROCMFORGE_INLINE void convolve_channels(const ConvolutionTask& task, int64_t channel, int64_t n, Get get,
                                        Put put)
{
    const Convolution& c = *task.convolution;
    Floats weights[max_convolution_kernel];
    for (int tap = 0; tap < c.kernel; ++tap)
        weights[tap] = tap_weights(c, channel, n, tap);
    const Floats bias = c.bias ? get(c.bias + channel) : broadcast(0.0f);
    for (int64_t t = 0; t < task.n_tokens; ++t) {
        Floats sum = bias;
        for (int tap = 0; tap < c.kernel; ++tap)
            sum = fma(get(convolution_input(task, t + tap - c.kernel + 1) + channel), weights[tap], sum);
        put(task.y + t * c.width + channel, c.silu ? times_sigmoid(sum, sum) : sum);
    }
    for (int64_t i = 0; i < c.kernel - 1; ++i)
        put(task.state + i * c.width + channel,
            get(convolution_input(task, task.n_tokens + i - c.kernel + 1) + channel));
}

inline void convolve(const ConvolutionTask& task)
{
    for_each_vector(task.n_channels, [&](int64_t i, auto get, auto put) {
        const int64_t n = task.n_channels - i < 16 ? task.n_channels - i : 16;
        convolve_channels(task, task.first_channel + i, n, get, put);
    });
}

inline float scan_row(const ScanRow& row)
{
    Floats y = broadcast(0.0f);
    for_each_vector(row.n, [&](int64_t i, auto get, auto put) {
        const Floats decay = row.a ? exp(broadcast(row.step) * get(row.a + i)) : broadcast(row.decay);
        const Floats state = fma(get(row.state + i), decay, broadcast(row.input) * get(row.b + i));
        put(row.state + i, state);
        y = fma(state, get(row.c + i), y);
    });
    return sum(y);
}

inline float dot(const float* a, const float* b, int64_t n)
{
    Floats total = broadcast(0.0f);
    for_each_vector(n, [&](int64_t i, auto get, auto) { total = fma(get(a + i), get(b + i), total); });
    return sum(total);
}

inline float delta_row(const DeltaRow& row)
{
    const float error = row.beta * (row.v - row.decay * dot(row.state, row.k, row.n));
    Floats y = broadcast(0.0f);
    for_each_vector(row.n, [&](int64_t i, auto get, auto put) {
        const Floats state = fma(broadcast(row.decay), get(row.state + i), broadcast(error) * get(row.k + i));
        put(row.state + i, state);
        y = fma(state, get(row.q + i), y);
    });
    return sum(y);
}

} // namespace
} // namespace rocmforge::cpu
