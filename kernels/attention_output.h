// What attention leaves: results, or where pages are split over workgroups their parts, which the workgroup
// that ends last joins.
#pragma once

#include "kernels/attention_values.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

/// The factor that makes a sum of weighted values their mean; the sink is one more score without a value.
DEVICE inline float share(float largest, float sum, float sink)
{
    const float m = maximum(largest, sink);
    const float scaled = exp_of(largest - m);
    return scaled / (sum * scaled + exp_of(sink - m));
}

/// Stores element d of an output, and rounds it where that is wanted. Lanes in a group of 32 have
/// consecutive elements of the same output; all lanes of a wave take part.
DEVICE inline void store_output(const AttentionParameters& p, int64_t output, int d, float value, bool exists)
{
    const int64_t i = output * p.v_dim + d;
    if (exists)
        p.y[i] = value;
    if (p.rounded.codes)
        round_lanes(p.rounded, i, exists ? value : 0, exists);
}

/// Where this split's part of an output lies: sums (v_dim), the largest score, the sum of weights.
DEVICE inline float* part_of(const AttentionParameters& p, int64_t output)
{
    return p.partial + (group_z() * p.n_outputs + output) * (p.v_dim + 2);
}

/// Whether all other splits of this tile have stored their parts. `is_last` is local memory.
DEVICE inline bool is_last_split(bool& is_last, const AttentionParameters& p)
{
    int* finished = p.finished + group_x() * p.n_kv_heads + group_y();
    publish_stores();
    barrier();
    if (thread_index() == 0) {
        is_last = fetch_add(finished, 1) == p.n_splits - 1;
        if (is_last)
            *finished = 0;
    }
    barrier();
    see_stores();
    return is_last;
}

/// Joins the parts of an output.
DEVICE inline void join_parts(const AttentionParameters& p, int64_t output, float sink,
                              const ValueThreads& threads, bool exists)
{
    const int64_t stride = p.n_outputs * (p.v_dim + 2);
    const float* parts = p.partial + output * (p.v_dim + 2);
    float largest = -infinity;
    for (int s = 0; s < p.n_splits; ++s)
        largest = maximum(largest, parts[s * stride + p.v_dim]);
    float sum = 0;
    for (int s = 0; s < p.n_splits; ++s)
        sum += parts[s * stride + p.v_dim + 1] * exp_of(parts[s * stride + p.v_dim] - largest);
    const float factor = share(largest, sum, sink);
    for (int d = threads.column(); d - threads.column() < p.v_dim; d += threads.width) {
        float y = 0;
        for (int s = 0; s < p.n_splits && d < p.v_dim; ++s)
            y += parts[s * stride + d] * exp_of(parts[s * stride + p.v_dim] - largest);
        store_output(p, output, d, y * factor, exists && d < p.v_dim);
    }
}

} // namespace rocmforge::device
