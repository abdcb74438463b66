// Products of quantized weights with activations rounded to 8 bits, four products per instruction; and
// that rounding. Per output row: its blocks read once for up to eight columns, n_in / 4 dot4 per column.
#include "kernels/code_formats.h"
#include "kernels/code_rows.h"
#include "kernels/pending_norm.h"
#include "kernels/product.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

KERNEL(round_rows, RoundParameters, workgroup_threads)
{
    const int64_t i = static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
    round_lanes(p.rounded, i, i < p.n ? p.x[i] : 0, i < p.n);
}

/// One wave computes one row for up to M columns.
template <typename Block, int M> DEVICE void code_product(const ProductParameters& p, const OutputRow& output)
{
    const WeightRow<Block> rows[] = {{output.weight, output.n_out, output.row, p.row_blocks}};
    float sums[1][M] = {};
    multiply_rows(sums, rows, {p.rounded, p.n_in, p.n_columns});
    for (int c = 0; c < M; ++c) {
        const float sum = lanes_sum<wave_size>(sums[0][c]);
        const float factor = pending_factor(p.pending, minimum(c, p.n_columns - 1), p.n_in);
        if (lane_index() == c && c < p.n_columns)
            store_product(p, output, c, sum * factor);
    }
}

DEVICE inline OutputRow output_of_wave(const ProductParameters& p)
{
    return find_output(p, group_x() * (workgroup_threads / wave_size) + wave_index());
}

/// One wave computes one row for a column that has a matrix of its own.
template <typename Block> DEVICE void chosen_code_product(const ProductParameters& p)
{
    const int column = group_y();
    OutputRow output = output_of_wave(p);
    if (output.row >= output.n_out)
        return;
    choose_matrix(p, output, column);
    const WeightRow<Block> rows[] = {{output.weight, output.n_out, output.row, p.row_blocks}};
    const Columns x{p.rounded, p.n_in, p.n_columns};
    float sums[1][1] = {};
    multiply_rows(sums, rows, x.only(column / p.columns_per_x));
    const float sum = lanes_sum<wave_size>(sums[0][0]);
    if (lane_index() == 0)
        store_product(p, output, column, sum);
}

template <typename First, typename Second, int M> DEVICE void code_product(const ProductParameters& p)
{
    const OutputRow output = output_of_wave(p);
    if (output.row >= output.n_out)
        return;
    if (output.second_format)
        code_product<Second, M>(p, output);
    else
        code_product<First, M>(p, output);
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
#define OWN_CODE_PRODUCT_KERNELS(format, block) CODE_PRODUCT_KERNELS(format, block, block)
ROCMFORGE_CODE_FORMATS(OWN_CODE_PRODUCT_KERNELS)
// Mixes that files have within a layer. Both formats have blocks of the same number of weights.
CODE_PRODUCT_KERNELS(q4_k_q6_k, BlockQ4_K, BlockQ6_K)
CODE_PRODUCT_KERNELS(q5_k_q6_k, BlockQ5_K, BlockQ6_K)

#define CHOSEN_PRODUCT_KERNEL(format, block)                                                                 \
    KERNEL(code_product_##format##_chosen, ProductParameters, workgroup_threads)                             \
    {                                                                                                        \
        chosen_code_product<block>(p);                                                                       \
    }
ROCMFORGE_CODE_FORMATS(CHOSEN_PRODUCT_KERNEL)

} // namespace rocmforge::device
