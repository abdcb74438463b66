// The products of a gated feed-forward block with rounded activations, and the rounding of what they give.
#include "kernels/activation.h"
#include "kernels/code_formats.h"
#include "kernels/code_rows.h"
#include "kernels/pending_norm.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

/// Of gate and up, for each column and row of a workgroup.
template <int M> struct GatedMemory {
    float sums[2][M][rounding_group];
};

/// What a workgroup multiplies: all columns with the same matrices.
struct SharedMatrices {
    const void* gate;
    const void* up;
    Columns x;
    static constexpr int column = 0; ///< of h, the first one
    static constexpr float scale = 1; ///< on x

    DEVICE explicit SharedMatrices(const GatedParameters& p)
        : gate(p.gate)
        , up(p.up)
        , x{p.x, p.n_in, p.n_columns}
    {
    }
};

/// One column, with matrices of its own.
struct ChosenMatrices {
    const void* gate;
    const void* up;
    Columns x;
    int column;
    float scale;

    DEVICE explicit ChosenMatrices(const GatedParameters& p)
        : x{p.x, p.n_in, p.n_columns}
        , column(group_y())
        , scale(p.column_scales ? global(p.column_scales)[column] : 1.0f)
    {
        const int matrix = global(p.chosen)[column];
        gate = global(p.gates)[matrix].weight;
        up = global(p.ups)[matrix].weight;
        x = x.only(column / p.columns_per_x);
    }
};

/// Rows `first` … of both matrices at once, for one column.
template <typename Block, int Rows, typename Input>
DEVICE inline void multiply_pairs(GatedMemory<1>& memory, const GatedParameters& p, const Input& input,
                                  int first)
{
    WeightRow<Block> rows[2 * Rows];
    float sums[2 * Rows][1] = {};
    for (int r = 0; r < Rows; ++r) {
        const int row = group_x() * rounding_group + first + r;
        rows[r] = {input.gate, p.n_out, row, p.row_blocks};
        rows[Rows + r] = {input.up, p.n_out, row, p.row_blocks};
    }
    multiply_rows(sums, rows, input.x);
    for (int i = 0; i < 2 * Rows; ++i) {
        const float sum = lanes_sum<wave_size>(sums[i][0]);
        if (lane_index() == 0)
            memory.sums[i / Rows][0][first + i % Rows] = sum;
    }
}

/// One row of one matrix for M columns, for want of registers: rows of `up` follow those of `gate`.
template <typename Block, int M, typename Input>
DEVICE inline void multiply_single(GatedMemory<M>& memory, const GatedParameters& p, const Input& input,
                                   int index)
{
    const int which = index / rounding_group, row = index % rounding_group;
    const WeightRow<Block> rows[] = {
        {which == 0 ? input.gate : input.up, p.n_out, group_x() * rounding_group + row, p.row_blocks}};
    float sums[1][M] = {};
    multiply_rows(sums, rows, input.x);
    for (int c = 0; c < M; ++c) {
        const float sum = lanes_sum<wave_size>(sums[0][c]);
        if (lane_index() == 0)
            memory.sums[which][c][row] = sum;
    }
}

/// One workgroup computes rounding_group elements of h for up to M columns, and rounds them.
template <typename Block, int M, typename Input = SharedMatrices>
DEVICE void gated_product(const GatedParameters& p)
{
    static_assert(M * rounding_group <= workgroup_threads, "a thread per element");
    constexpr int n_waves = workgroup_threads / wave_size;
    auto& memory = local_memory<GatedMemory<M>>();
    const Input input(p);
    if constexpr (M == 1) {
        constexpr int n = Codes<Block>::loads_at_once;
        for (int row = wave_index() * n; row < rounding_group; row += n_waves * n)
            multiply_pairs<Block, n>(memory, p, input, row);
    } else {
        for (int index = wave_index(); index < 2 * rounding_group; index += n_waves)
            multiply_single<Block, M>(memory, p, input, index);
    }
    barrier();
    const int column = thread_index() / rounding_group, row = thread_index() % rounding_group;
    const bool exists = column < minimum(M, p.n_columns);
    const int c = minimum(column, M - 1);
    const float factor = pending_factor(p.pending, minimum(column, p.n_columns - 1), p.n_in) * input.scale;
    const float value =
        activated(memory.sums[0][c][row] * factor, p.activation) * memory.sums[1][c][row] * factor;
    const int64_t i =
        static_cast<int64_t>(input.column + column) * p.n_out + group_x() * rounding_group + row;
    if (exists)
        p.h[i] = value;
    round_lanes(p.rounded, i, exists ? value : 0, exists);
}

#define GATED_PRODUCT_KERNELS(format, block)                                                                 \
    KERNEL(gated_product_##format##_1, GatedParameters, workgroup_threads)                                   \
    {                                                                                                        \
        gated_product<block, 1>(p);                                                                          \
    }                                                                                                        \
    KERNEL(gated_product_##format##_8, GatedParameters, workgroup_threads)                                   \
    {                                                                                                        \
        gated_product<block, 8>(p);                                                                          \
    }                                                                                                        \
    KERNEL(gated_product_##format##_chosen, GatedParameters, workgroup_threads)                              \
    {                                                                                                        \
        gated_product<block, 1, ChosenMatrices>(p);                                                          \
    }
ROCMFORGE_CODE_FORMATS(GATED_PRODUCT_KERNELS)

} // namespace rocmforge::device
