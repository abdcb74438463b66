// The RMS norm that rounded activations still lack: a factor for each row of them, which their products are
// multiplied by. So the launch that makes a row rounds it before its norm is known.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// Of a row of `width`; each rounding_group of lanes finds that of its own `row`. All lanes of the wave take
/// part.
DEVICE inline float pending_factor(const PendingNorm& norm, int row, int width)
{
    if (!norm.squares)
        return 1;
    const int n = width / rounding_group;
    const float* squares = global(norm.squares) + row * n;
    float sum = 0;
    for (int i = lane_index() % rounding_group; i < n; i += rounding_group)
        sum += squares[i];
    return 1.0f / root(lanes_sum<rounding_group>(sum) / static_cast<float>(width) + norm.eps);
}

} // namespace rocmforge::device
