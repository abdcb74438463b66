// RMS and layer norm of rows: one workgroup per row, which it reads twice from cache (thrice to find
// the mean) and writes once, and once more rounded where products of it follow.
#include "kernels/rounding.h"

namespace rocmforge::device {

KERNEL(norm_rows, NormParameters, workgroup_threads)
{
    auto& partial = local_memory<float[workgroup_threads / 32]>();
    const int64_t row = group_x();
    const float* x = p.x + (p.rows ? p.rows[row] : row) * p.width;
    float mean = 0;
    if (p.centered) {
        float sum = 0;
        for (int i = thread_index(); i < p.width; i += workgroup_threads)
            sum += x[i];
        mean = workgroup_sum(sum, partial, workgroup_threads) / static_cast<float>(p.width);
    }
    float squares = 0;
    for (int i = thread_index(); i < p.width; i += workgroup_threads)
        squares += (x[i] - mean) * (x[i] - mean);
    const float variance = workgroup_sum(squares, partial, workgroup_threads) / static_cast<float>(p.width);
    const float factor = 1.0f / root(variance + p.eps);

    const int64_t group = row % p.groups * p.width;
    for (int first = 0; first < p.width; first += workgroup_threads) {
        const int i = first + thread_index();
        const bool exists = i < p.width;
        float y = exists ? (x[i] - mean) * factor : 0;
        if (exists && p.weight)
            y *= p.weight[group + i];
        if (exists && p.bias)
            y += p.bias[group + i];
        if (exists)
            p.y[row * p.width + i] = y;
        if (p.rounded.codes)
            round_lanes(p.rounded, row * p.width + i, y, exists);
    }
}

} // namespace rocmforge::device
