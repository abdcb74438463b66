// What sums over a row decide about its elements: one workgroup per row, which it reads from cache once
// more for each sum, and writes once.
#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// The sum of term(i) over this workgroup's row. All threads get it.
template <typename Term> DEVICE inline float sum_over_row(const RowParameters& p, float* partial, Term term)
{
    float sum = 0;
    for (int i = thread_index(); i < p.width; i += p.n_threads)
        sum += term(i);
    return workgroup_sum(sum, partial, p.n_threads);
}

/// y = what it is above mean + deviations · standard deviation of its row, or 0
KERNEL(keep_above, RowParameters, max_norm_threads)
{
    auto& partial = local_memory<float[max_norm_threads / 32]>();
    float* y = p.y + static_cast<int64_t>(group_x()) * p.width;
    const float mean = sum_over_row(p, partial, [&](int i) { return y[i]; }) / static_cast<float>(p.width);
    const float squares = sum_over_row(p, partial, [&](int i) { return (y[i] - mean) * (y[i] - mean); });
    const float least = mean + p.deviations * root(squares / static_cast<float>(p.width - 1));
    for (int i = thread_index(); i < p.width; i += p.n_threads)
        y[i] = maximum(y[i] - least, 0.0f);
}

/// y scaled to the mean square of x
KERNEL(match_power, RowParameters, max_norm_threads)
{
    auto& partial = local_memory<float[max_norm_threads / 32]>();
    const int64_t row = static_cast<int64_t>(group_x()) * p.width;
    const float* x = p.x + row;
    float* y = p.y + row;
    const float wanted = sum_over_row(p, partial, [&](int i) { return x[i] * x[i]; });
    const float given = sum_over_row(p, partial, [&](int i) { return y[i] * y[i]; });
    const float factor = given > 0 ? root(wanted / given) : 0.0f;
    for (int i = thread_index(); i < p.width; i += p.n_threads)
        y[i] *= factor;
}

} // namespace rocmforge::device
