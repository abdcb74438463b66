// RMS and layer norm of rows: one workgroup per row, which it reads twice from cache (thrice to find
// the mean) and writes once, and once more rounded where products of it follow.
#include "kernels/rounding.h"

namespace rocmforge::device {

/// Values that a thread asks for at once: waiting for one at a time would take most of the time.
constexpr int values_at_once = 4;

/// This thread's values of a row from `first` on, every n_threads-th, and what they are normed with. What
/// is beyond the row is like its last value.
struct NormValues {
    float x[values_at_once];
    float weight[values_at_once];
    float bias[values_at_once];

    DEVICE NormValues(const NormParameters& p, const float* row, int first)
    {
        const int64_t group = static_cast<int64_t>(group_x()) % p.groups * p.width;
        for (int v = 0; v < values_at_once; ++v) {
            const int i = minimum(first + v * p.n_threads, p.width - 1);
            x[v] = row[i];
            weight[v] = p.weight ? p.weight[group + i] : 1.0f;
            bias[v] = p.bias ? p.bias[group + i] : 0.0f;
        }
    }
};

/// The sum of transform(value) over a row, whose first values are known. All threads get it.
template <typename Transform>
DEVICE inline float sum_over_row(const NormParameters& p, const float* row, const NormValues& known,
                                 float* partial, Transform transform)
{
    const int step = p.n_threads * values_at_once;
    float sum = 0;
    for (int first = thread_index(); first < p.width; first += step) {
        float values[values_at_once];
        for (int v = 0; v < values_at_once; ++v)
            values[v] = first < step ? known.x[v] : row[minimum(first + v * p.n_threads, p.width - 1)];
        for (int v = 0; v < values_at_once; ++v)
            sum += first + v * p.n_threads < p.width ? transform(values[v]) : 0.0f;
    }
    return workgroup_sum(sum, partial, p.n_threads);
}

/// Stores the normed values from `begin` on, which all threads share.
DEVICE inline void store_normed(const NormParameters& p, const NormValues& own, int begin, float mean,
                                float factor)
{
    const int64_t row = static_cast<int64_t>(group_x()) * p.width;
    for (int v = 0; v < values_at_once && begin + v * p.n_threads < p.width; ++v) {
        const int i = begin + v * p.n_threads + thread_index();
        const float y = (own.x[v] - mean) * factor * own.weight[v] + own.bias[v];
        if (i < p.width)
            p.y[row + i] = y;
        if (p.rounded.codes)
            round_lanes(p.rounded, row + i, i < p.width ? y : 0.0f, i < p.width);
    }
}

KERNEL(norm_rows, NormParameters, max_norm_threads)
{
    auto& partial = local_memory<float[max_norm_threads / 32]>();
    const float* row = p.x + (p.rows ? p.rows[group_x()] : static_cast<int64_t>(group_x())) * p.width;
    const NormValues first(p, row, thread_index());
    const auto n = static_cast<float>(p.width);
    float mean = 0;
    if (p.centered)
        mean = sum_over_row(p, row, first, partial, [](float x) { return x; }) / n;
    const float squares =
        sum_over_row(p, row, first, partial, [&](float x) { return (x - mean) * (x - mean); });
    const float factor = 1.0f / root(squares / n + p.eps);
    const int step = p.n_threads * values_at_once;
    store_normed(p, first, 0, mean, factor);
    for (int begin = step; begin < p.width; begin += step)
        store_normed(p, NormValues(p, row, begin + thread_index()), begin, mean, factor);
}

} // namespace rocmforge::device
