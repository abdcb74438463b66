// The one header through which kernels meet their machine. It comes in three worlds that offer the
// same functions: AMD GPUs (compiler builtins only, no device library), NVIDIA GPUs (nvcc), and the
// host, where tests run every lane as a fiber. Workgroups are one-dimensional; a workgroup is made
// of waves of `wave_size` lanes.
#pragma once

#include <stdint.h>

namespace rocmforge::device {

/// The bits of a 16-bit floating-point number.
using Half = uint16_t;
constexpr float largest_half = 65504.0f;

} // namespace rocmforge::device

#if defined(__CUDACC__)
#include "kernels/device/nvidia.h"
#elif defined(__HIP__)
#include "kernels/device/amd.h"
#else
#include "kernels/device/host.h"
#endif

#include "kernels/device/math.h"

namespace rocmforge::device {

DEVICE inline int lane_index()
{
    return thread_index() % wave_size;
}
DEVICE inline int wave_index()
{
    return thread_index() / wave_size;
}

DEVICE inline float shuffle_xor(float value, int mask)
{
    const int bits = shuffle_xor(__builtin_bit_cast(int, value), mask);
    return __builtin_bit_cast(float, bits);
}

/// Over each `Width` consecutive lanes (a power of two, at most a wave); all lanes get the result and
/// all lanes of the wave must take part.
template <int Width> DEVICE inline float lanes_sum(float value)
{
    for (int mask = Width / 2; mask > 0; mask /= 2)
        value += shuffle_xor(value, mask);
    return value;
}
template <int Width> DEVICE inline float lanes_max(float value)
{
    for (int mask = Width / 2; mask > 0; mask /= 2)
        value = maximum(value, shuffle_xor(value, mask));
    return value;
}

/// Over a workgroup of n_threads; `partial` has room for one float per wave. All threads get the result.
DEVICE inline float workgroup_sum(float value, float* partial, int n_threads)
{
    value = lanes_sum<wave_size>(value);
    if (lane_index() == 0)
        partial[wave_index()] = value;
    barrier();
    float sum = 0;
    for (int wave = 0; wave < n_threads / wave_size; ++wave)
        sum += partial[wave];
    barrier();
    return sum;
}

DEVICE inline float workgroup_max(float value, float* partial, int n_threads)
{
    value = lanes_max<wave_size>(value);
    if (lane_index() == 0)
        partial[wave_index()] = value;
    barrier();
    float largest = partial[0];
    for (int wave = 1; wave < n_threads / wave_size; ++wave)
        largest = maximum(largest, partial[wave]);
    barrier();
    return largest;
}

} // namespace rocmforge::device

#include "kernels/device/tile.h"
