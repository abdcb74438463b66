// Products of quantized weights with activations rounded to 8 bits, four products per instruction; and
// that rounding. Per output row: its blocks read once for up to eight columns, n_in / 4 dot4 per column.
#include "kernels/activation.h"
#include "kernels/codes.h"
#include "kernels/product.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

KERNEL(round_rows, RoundParameters, workgroup_threads)
{
    const int64_t i = static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
    round_lanes(p.rounded, i, i < p.n ? p.x[i] : 0, i < p.n);
}

/// Rounded activations (n_columns, n_in).
struct Columns {
    Rounded rounded;
    int n_in;
    int n; ///< columns
};

/// What a part of a row of weights is multiplied by.
template <typename Block> struct PartOfColumn {
    using Part = Codes<Block>;
    int codes[Part::groups][Part::words];
    RoundedScale scales[Part::groups];

    DEVICE PartOfColumn(const Columns& x, int column, int block, int part)
    {
        const int row = minimum(column, x.n - 1) * x.n_in;
        for (int g = 0; g < Part::groups; ++g) {
            const int begin = row + block * Block::weights + Part::first_weight(part, g);
            load_bytes<Part::words * 4, 16>(codes[g], global(x.rounded.codes) + begin);
            scales[g] = global(x.rounded.scales)[begin / rounding_group];
        }
    }

    DEVICE float times(const Part& weights) const
    {
        float sum = 0;
        for (int g = 0; g < Part::groups; ++g) {
            int product = 0;
            for (int i = 0; i < Part::words; ++i)
                product = dot4(weights.codes[g][i], codes[g][i], product);
            sum += weights.scale[g] * scales[g].scale * static_cast<float>(product);
            if constexpr (Part::has_minimum)
                sum -= weights.minimum[g] * scales[g].sum;
        }
        return sum;
    }
};

/// sums += part i of some rows times the same part of some columns.
template <typename Block, int N, int M>
DEVICE inline void multiply_part(float (&sums)[N][M], const Codes<Block> (&weights)[N], const Columns& x,
                                 int i)
{
    using Part = Codes<Block>;
    for (int c = 0; c < M; ++c) {
        const PartOfColumn<Block> column(x, c, i / Part::parts, i % Part::parts);
        for (int r = 0; r < N; ++r)
            sums[r][c] += column.times(weights[r]);
        if constexpr (M > 1)
            keep_order();
    }
}

template <typename Block, int N>
DEVICE inline void load_part(Codes<Block> (&weights)[N], const WeightRow<Block> (&rows)[N], int i)
{
    using Part = Codes<Block>;
    for (int r = 0; r < N; ++r)
        weights[r].load(rows[r][i / Part::parts], i % Part::parts);
}

/// sums += the share of this lane in the products of some rows with some columns. All rows are asked for
/// at once, and of a single one two parts: more memory is then on its way.
template <typename Block, int N, int M>
DEVICE inline void multiply_rows(float (&sums)[N][M], const WeightRow<Block> (&rows)[N], const Columns& x)
{
    const int n_parts = x.n_in / Block::weights * Codes<Block>::parts;
    int i = lane_index();
    if constexpr (N == 1 && M == 1 && Codes<Block>::loads_at_once > 1)
        for (; i + wave_size < n_parts; i += 2 * wave_size) {
            Codes<Block> first[N], second[N];
            load_part(first, rows, i);
            load_part(second, rows, i + wave_size);
            multiply_part(sums, first, x, i);
            multiply_part(sums, second, x, i + wave_size);
        }
    for (; i < n_parts; i += wave_size) {
        Codes<Block> weights[N];
        load_part(weights, rows, i);
        multiply_part(sums, weights, x, i);
    }
}

/// One wave computes one row for up to M columns.
template <typename Block, int M> DEVICE void code_product(const ProductParameters& p, const OutputRow& output)
{
    const WeightRow<Block> rows[] = {{output.weight, output.n_out, output.row, p.row_blocks}};
    float sums[1][M] = {};
    multiply_rows(sums, rows, {p.rounded, p.n_in, p.n_columns});
    for (int c = 0; c < M; ++c) {
        const float sum = lanes_sum<wave_size>(sums[0][c]);
        if (lane_index() == c && c < p.n_columns)
            store_product(p, output, c, sum);
    }
}

template <typename First, typename Second, int M> DEVICE void code_product(const ProductParameters& p)
{
    const OutputRow output = find_output(p, group_x() * (workgroup_threads / wave_size) + wave_index());
    if (output.row >= output.n_out)
        return;
    if (output.second_format)
        code_product<Second, M>(p, output);
    else
        code_product<First, M>(p, output);
}

/// Of gate and up, for each column and row of a workgroup.
template <int M> struct GatedMemory {
    float sums[2][M][rounding_group];
};

/// Rows `first` … of both matrices at once, for one column.
template <typename Block, int Rows>
DEVICE inline void multiply_pairs(GatedMemory<1>& memory, const GatedParameters& p, int first)
{
    WeightRow<Block> rows[2 * Rows];
    float sums[2 * Rows][1] = {};
    for (int r = 0; r < Rows; ++r) {
        const int row = group_x() * rounding_group + first + r;
        rows[r] = {p.gate, p.n_out, row, p.row_blocks};
        rows[Rows + r] = {p.up, p.n_out, row, p.row_blocks};
    }
    multiply_rows(sums, rows, {p.x, p.n_in, 1});
    for (int i = 0; i < 2 * Rows; ++i) {
        const float sum = lanes_sum<wave_size>(sums[i][0]);
        if (lane_index() == 0)
            memory.sums[i / Rows][0][first + i % Rows] = sum;
    }
}

/// One row of one matrix for M columns, for want of registers: rows of `up` follow those of `gate`.
template <typename Block, int M>
DEVICE inline void multiply_single(GatedMemory<M>& memory, const GatedParameters& p, int index)
{
    const int which = index / rounding_group, row = index % rounding_group;
    const WeightRow<Block> rows[] = {
        {which == 0 ? p.gate : p.up, p.n_out, group_x() * rounding_group + row, p.row_blocks}};
    float sums[1][M] = {};
    multiply_rows(sums, rows, {p.x, p.n_in, p.n_columns});
    for (int c = 0; c < M; ++c) {
        const float sum = lanes_sum<wave_size>(sums[0][c]);
        if (lane_index() == 0)
            memory.sums[which][c][row] = sum;
    }
}

/// One workgroup computes rounding_group elements of h for up to M columns, and rounds them.
template <typename Block, int M> DEVICE void gated_product(const GatedParameters& p)
{
    static_assert(M * rounding_group <= workgroup_threads, "a thread per element");
    constexpr int n_waves = workgroup_threads / wave_size;
    auto& memory = local_memory<GatedMemory<M>>();
    if constexpr (M == 1) {
        constexpr int n = Codes<Block>::loads_at_once;
        for (int row = wave_index() * n; row < rounding_group; row += n_waves * n)
            multiply_pairs<Block, n>(memory, p, row);
    } else {
        for (int index = wave_index(); index < 2 * rounding_group; index += n_waves)
            multiply_single<Block, M>(memory, p, index);
    }
    barrier();
    const int column = thread_index() / rounding_group, row = thread_index() % rounding_group;
    const bool exists = column < minimum(M, p.n_columns);
    const int c = minimum(column, M - 1);
    const float value = activated(memory.sums[0][c][row], p.activation) * memory.sums[1][c][row];
    const int64_t i = static_cast<int64_t>(column) * p.n_out + group_x() * rounding_group + row;
    if (exists)
        p.h[i] = value;
    round_lanes(p.rounded, i, exists ? value : 0, exists);
}

#define CODE_PRODUCT_KERNELS(name, first, second)                                                            \
    KERNEL(code_product_##name##_1, ProductParameters, workgroup_threads)                                    \
    {                                                                                                        \
        code_product<first, second, 1>(p);                                                                   \
    }                                                                                                        \
    KERNEL(code_product_##name##_8, ProductParameters, workgroup_threads)                                    \
    {                                                                                                        \
        code_product<first, second, 8>(p);                                                                   \
    }
// Both formats of a pair have blocks of the same number of weights.
CODE_PRODUCT_KERNELS(q4_0, BlockQ4_0, BlockQ4_0)
CODE_PRODUCT_KERNELS(q8_0, BlockQ8_0, BlockQ8_0)
CODE_PRODUCT_KERNELS(q4_k, BlockQ4_K, BlockQ4_K)
CODE_PRODUCT_KERNELS(q5_k, BlockQ5_K, BlockQ5_K)
CODE_PRODUCT_KERNELS(q6_k, BlockQ6_K, BlockQ6_K)
// Mixes that files have within a layer.
CODE_PRODUCT_KERNELS(q4_k_q6_k, BlockQ4_K, BlockQ6_K)
CODE_PRODUCT_KERNELS(q5_k_q6_k, BlockQ5_K, BlockQ6_K)

#define GATED_PRODUCT_KERNELS(format, block)                                                                 \
    KERNEL(gated_product_##format##_1, GatedParameters, workgroup_threads)                                   \
    {                                                                                                        \
        gated_product<block, 1>(p);                                                                          \
    }                                                                                                        \
    KERNEL(gated_product_##format##_8, GatedParameters, workgroup_threads)                                   \
    {                                                                                                        \
        gated_product<block, 8>(p);                                                                          \
    }
GATED_PRODUCT_KERNELS(q4_0, BlockQ4_0)
GATED_PRODUCT_KERNELS(q8_0, BlockQ8_0)
GATED_PRODUCT_KERNELS(q4_k, BlockQ4_K)
GATED_PRODUCT_KERNELS(q5_k, BlockQ5_K)
GATED_PRODUCT_KERNELS(q6_k, BlockQ6_K)

} // namespace rocmforge::device
