// What the threads of an attention workgroup share: its rows' queries, scores and running sums.
#pragma once

#include "kernels/attention_rows.h"

namespace rocmforge::device {

/// `Columns`: consecutive elements of a value that a thread takes, whose sums come to lie in the queries'
/// place.
template <int Rows, int Columns> struct AttentionMemory {
    static constexpr int sums_floats = workgroup_threads * Columns;

    alignas(16) float q[Rows][sums_floats > max_k_dim ? sums_floats : max_k_dim]; ///< scaled
    alignas(16) float weights[Rows][page_tokens]; ///< scores first
    float largest[Rows];
    float sums[Rows];
    float corrections[Rows]; ///< on what was summed up before the largest score grew
    AttentionRow rows[Rows];
    bool is_last; ///< of the splits to end
};

template <int Rows, int Columns>
DEVICE void load_rows(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                      const AttentionTile& tile, int group)
{
    if (thread_index() >= Rows)
        return;
    const int r = thread_index();
    memory.largest[r] = -infinity;
    memory.sums[r] = 0;
    memory.rows[r] = find_row(p, tile, group, r);
}

/// With zeros up to `width`.
template <int Rows, int Columns>
DEVICE void load_queries(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p, int width)
{
    for (int r = 0; r < Rows; ++r) {
        const float* q = p.q + static_cast<int64_t>(memory.rows[r].output) * p.k_dim;
        for (int d = thread_index(); d < width; d += workgroup_threads)
            memory.q[r][d] = d < p.k_dim ? q[d] * p.scale : 0;
    }
}

} // namespace rocmforge::device
