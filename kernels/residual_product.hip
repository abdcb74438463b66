// Products of rounded activations that are added to the residual stream, and the rounding of what that
// becomes for the norm that reads it next.
#include "kernels/code_formats.h"
#include "kernels/code_rows.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

/// Of each column and row of a workgroup.
template <int M> struct ResidualMemory {
    float sums[M][rounding_group];
};

template <typename Block, int N, int M>
DEVICE inline void multiply_consecutive(ResidualMemory<M>& memory, const ResidualParameters& p, int first)
{
    WeightRow<Block> rows[N];
    float sums[N][M] = {};
    for (int r = 0; r < N; ++r)
        rows[r] = {p.matrix.weight, p.n_out, group_x() * rounding_group + first + r, p.row_blocks};
    multiply_rows(sums, rows, {p.y, p.n_in, p.n_columns});
    for (int r = 0; r < N; ++r)
        for (int c = 0; c < M; ++c) {
            const float sum = lanes_sum<wave_size>(sums[r][c]);
            if (lane_index() == 0)
                memory.sums[c][first + r] = sum;
        }
}

/// An element of the residual stream, asked for before the products that it waits for.
struct ResidualElement {
    int64_t i; ///< in x
    int64_t group;
    float x;
    float bias;
    float norm;

    DEVICE ResidualElement(const ResidualParameters& p, int column)
    {
        const int row = group_x() * rounding_group + thread_index() % rounding_group;
        i = static_cast<int64_t>(column) * p.n_out + row;
        group = i / rounding_group;
        x = p.x[i];
        bias = p.matrix.bias ? global(p.matrix.bias)[row] : 0.0f;
        norm = p.norm ? global(p.norm)[row] : 1.0f;
    }
};

/// One workgroup computes rounding_group elements of x for up to M columns.
template <typename Block, int M> DEVICE void residual_product(const ResidualParameters& p)
{
    constexpr int n_waves = residual_threads<M> / wave_size;
    constexpr int n_rows = M == 1 ? rounding_group / n_waves : 1;
    auto& memory = local_memory<ResidualMemory<M>>();
    const int column = thread_index() / rounding_group, row = thread_index() % rounding_group;
    const int last = minimum(M, p.n_columns) - 1;
    const ResidualElement element(p, minimum(column, last));
    for (int first = wave_index() * n_rows; first < rounding_group; first += n_waves * n_rows)
        multiply_consecutive<Block, n_rows>(memory, p, first);
    barrier();
    if (wave_index() * wave_size >= M * rounding_group)
        return;
    const bool exists = column <= last;
    const float value = element.x + (memory.sums[minimum(column, M - 1)][row] + element.bias) * p.scale;
    if (exists)
        p.x[element.i] = value;
    round_lanes(p.rounded, element.i, value * element.norm, exists);
    const float squares = lanes_sum<rounding_group>(value * value);
    if (exists && row == 0)
        p.squares[element.group] = squares;
}

#define RESIDUAL_PRODUCT_KERNELS(format, block)                                                              \
    KERNEL(residual_product_##format##_1, ResidualParameters, residual_threads<1>)                           \
    {                                                                                                        \
        residual_product<block, 1>(p);                                                                       \
    }                                                                                                        \
    KERNEL(residual_product_##format##_8, ResidualParameters, residual_threads<8>)                           \
    {                                                                                                        \
        residual_product<block, 8>(p);                                                                       \
    }
ROCMFORGE_CODE_FORMATS(RESIDUAL_PRODUCT_KERNELS)

} // namespace rocmforge::device
