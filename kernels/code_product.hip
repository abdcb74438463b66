// Products of quantized weights with activations rounded to 8 bits, four products per instruction; and
// that rounding. Per output row: row_bytes read once for up to eight columns, n_in / 4 dot4 per column.
#include "kernels/codes.h"
#include "kernels/product.h"

namespace rocmforge::device {

/// 32 lanes round 32 activations: code = value / scale, the largest being ± 127.
KERNEL(round_rows, RoundParameters, workgroup_threads)
{
    const int64_t i = static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
    const float value = i < p.n ? p.x[i] : 0;
    const float scale = lanes_max<rounding_group>(magnitude(value)) / 127.0f;
    const float quotient = scale > 0 ? value / scale : 0;
    const int code = static_cast<int>(quotient + (quotient < 0 ? -0.5f : 0.5f));
    const float sum = lanes_sum<rounding_group>(static_cast<float>(code));
    if (i >= p.n)
        return;
    p.codes[i] = static_cast<int8_t>(code);
    if (i % rounding_group == 0)
        p.scales[i / rounding_group] = {scale, scale * sum};
}

/// One part of a row of weights times one column.
template <typename Block>
DEVICE inline float multiply_part(const Codes<Block>& weights, int part, int first, const int8_t* codes,
                                  const RoundedScale* scales)
{
    float sum = 0;
    for (int g = 0; g < Codes<Block>::groups; ++g) {
        constexpr int words = Codes<Block>::words;
        const int begin = first + Codes<Block>::first_weight(part, g);
        int x[words];
        load_bytes<words * 4, 16>(x, global(codes) + begin);
        int product = 0;
        for (int i = 0; i < words; ++i)
            product = dot4(weights.codes[g][i], x[i], product);
        const RoundedScale scale = global(scales)[begin / rounding_group];
        sum += weights.scale[g] * scale.scale * static_cast<float>(product);
        if constexpr (Codes<Block>::has_minimum)
            sum -= weights.minimum[g] * scale.sum;
    }
    return sum;
}

/// One wave computes one row for `Columns` columns from first_column on.
template <typename Block, int Columns> DEVICE void code_product(const ProductParameters& p, int first_column)
{
    const OutputRow output = find_output(p, group_x() * (workgroup_threads / wave_size) + wave_index());
    if (output.row >= output.n_out)
        return;
    const Block* blocks = weight_row<Block>(output.weight, output.row, p.row_bytes);
    constexpr int parts = Codes<Block>::parts;
    const int n_parts = p.n_in / Block::weights * parts;
    float sums[Columns] = {};
    for (int i = lane_index(); i < n_parts; i += wave_size) {
        Codes<Block> weights;
        weights.load(blocks[i / parts], i % parts);
        for (int c = 0; c < Columns; ++c) {
            const int64_t column = minimum(first_column + c, p.n_columns - 1);
            sums[c] += multiply_part<Block>(weights, i % parts, i / parts * Block::weights,
                                            p.codes + column * p.n_in,
                                            p.code_scales + column * (p.n_in / rounding_group));
        }
    }
    for (int c = 0; c < Columns; ++c) {
        const float sum = lanes_sum<wave_size>(sums[c]);
        if (lane_index() == c && first_column + c < p.n_columns)
            store_product(p, output, first_column + c, sum);
    }
}

#define CODE_PRODUCT_KERNELS(format, block)                                                                  \
    KERNEL(code_product_##format##_1, ProductParameters, workgroup_threads)                                  \
    {                                                                                                        \
        code_product<block, 1>(p, 0);                                                                        \
    }                                                                                                        \
    KERNEL(code_product_##format##_8, ProductParameters, workgroup_threads)                                  \
    {                                                                                                        \
        code_product<block, 8>(p, 0);                                                                        \
    }
CODE_PRODUCT_KERNELS(q4_0, BlockQ4_0)
CODE_PRODUCT_KERNELS(q8_0, BlockQ8_0)
CODE_PRODUCT_KERNELS(q4_k, BlockQ4_K)
CODE_PRODUCT_KERNELS(q5_k, BlockQ5_K)
CODE_PRODUCT_KERNELS(q6_k, BlockQ6_K)

} // namespace rocmforge::device
