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
        const int64_t row = static_cast<int64_t>(minimum(column, x.n - 1)) * x.n_in;
        for (int g = 0; g < Part::groups; ++g) {
            const int64_t begin = row + block * Block::weights + Part::first_weight(part, g);
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

/// sums += the share of this lane in the products of some rows with some columns. All rows are asked for
/// at once: more memory is then on its way.
template <typename Block, int N, int M>
DEVICE inline void multiply_rows(float (&sums)[N][M], const WeightRow<Block> (&rows)[N], const Columns& x)
{
    using Part = Codes<Block>;
    const int n_parts = x.n_in / Block::weights * Part::parts;
    for (int i = lane_index(); i < n_parts; i += wave_size) {
        const int block = i / Part::parts, part = i % Part::parts;
        Part weights[N];
        for (int r = 0; r < N; ++r)
            weights[r].load(rows[r][block], part);
        for (int c = 0; c < M; ++c) {
            const PartOfColumn<Block> column(x, c, block, part);
            for (int r = 0; r < N; ++r)
                sums[r][c] += column.times(weights[r]);
            if constexpr (M > 1)
                keep_order();
        }
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

/// One workgroup computes rounding_group elements of h for up to M columns, and rounds them.
template <typename Block, int M> DEVICE void gated_product(const GatedParameters& p)
{
    constexpr int n_waves = workgroup_threads / wave_size;
    constexpr int rows_at_once = M == 1 ? Codes<Block>::rows_at_once : 1;
    static_assert(M * rounding_group <= workgroup_threads, "a thread per element");
    auto& h = local_memory<float[M][rounding_group]>();
    const int first = group_x() * rounding_group;
    for (int r = wave_index() * rows_at_once; r < rounding_group; r += n_waves * rows_at_once) {
        WeightRow<Block> rows[2 * rows_at_once];
        for (int k = 0; k < rows_at_once; ++k) {
            rows[2 * k] = {p.gate, p.n_out, first + r + k, p.row_blocks};
            rows[2 * k + 1] = {p.up, p.n_out, first + r + k, p.row_blocks};
        }
        float sums[2 * rows_at_once][M] = {};
        multiply_rows(sums, rows, {p.x, p.n_in, p.n_columns});
        for (int k = 0; k < rows_at_once; ++k)
            for (int c = 0; c < M; ++c) {
                const float gate = lanes_sum<wave_size>(sums[2 * k][c]);
                const float up = lanes_sum<wave_size>(sums[2 * k + 1][c]);
                if (lane_index() == c)
                    h[c][r + k] = activated(gate, p.activation) * up;
            }
    }
    barrier();
    const int column = thread_index() / rounding_group, row = thread_index() % rounding_group;
    const bool exists = column < minimum(M, p.n_columns);
    const float value = exists ? h[column][row] : 0;
    const int64_t i = static_cast<int64_t>(column) * p.n_out + first + row;
    if (exists)
        p.h[i] = value;
    round_lanes(p.rounded, i, value, exists);
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
