// What the threads of an attention workgroup share: its rows' queries, scores and running sums.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"

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
    int positions[Rows];
    int first_keys[Rows]; ///< positions of the first and the last key that the row sees
    int last_keys[Rows];
    float slopes[Rows];
    float sinks[Rows]; ///< minus infinity = none
    int outputs[Rows]; ///< index among the batch's (token, head) pairs
    bool is_last; ///< of the splits to end
};

/// Rows that the tile does not have are taken for its last one.
template <int Rows, int Columns>
DEVICE void load_rows(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                      const AttentionTile& tile, int group)
{
    if (thread_index() >= Rows)
        return;
    const int r = thread_index();
    const int row = tile.first_row + minimum(r, tile.n_rows - 1);
    const int head = group_y() * group + row % group;
    memory.largest[r] = -infinity;
    memory.sums[r] = 0;
    const int position = tile.n_past + row / group;
    const int before = p.window == 0 ? position : p.causal ? p.window - 1 : p.window / 2;
    const int after = p.causal ? 0 : p.window == 0 ? tile.n_keys : p.window / 2;
    memory.positions[r] = position;
    memory.first_keys[r] = position - before;
    memory.last_keys[r] = minimum(position + after, tile.n_keys - 1);
    memory.slopes[r] = p.slopes ? p.slopes[head] : 0;
    memory.sinks[r] = p.sinks ? p.sinks[head] : -infinity;
    memory.outputs[r] = (tile.first_token + row / group) * p.n_heads + head;
}

/// With zeros up to `width`.
template <int Rows, int Columns>
DEVICE void load_queries(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p, int width)
{
    for (int r = 0; r < Rows; ++r) {
        const float* q = p.q + static_cast<int64_t>(memory.outputs[r]) * p.k_dim;
        for (int d = thread_index(); d < width; d += workgroup_threads)
            memory.q[r][d] = d < p.k_dim ? q[d] * p.scale : 0;
    }
}

} // namespace rocmforge::device
