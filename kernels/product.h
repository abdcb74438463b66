// Matrix products with weights in any format: expanded group by group in registers, never in memory.
#pragma once

#include "kernels/matrix.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// Consecutive weights of a row that one lane expands at a time.
template <typename Block> constexpr int slice_width = Block::group < 8 ? 8 : Block::group;

/// Weights first … first + slice_width - 1 of a row of n_in; zero beyond its end.
template <typename Block>
DEVICE inline void expand_slice(const WeightRow<Block>& row, int first, int n_in,
                                float (&weights)[slice_width<Block>])
{
    if constexpr (Block::weights > 1) {
        dequantize_group(row[first / Block::weights], first % Block::weights / Block::group, weights);
    } else {
        constexpr int width = slice_width<Block>;
        Block blocks[width];
        if (n_in % width == 0)
            load_bytes<width * sizeof(Block), 16>(blocks, &row[first]);
        else
            for (int i = 0; i < width; ++i)
                blocks[i] = row[minimum(first + i, n_in - 1)];
        for (int i = 0; i < width; ++i) {
            dequantize_group(blocks[i], 0, weights + i);
            if (first + i >= n_in)
                weights[i] = 0;
        }
    }
}

/// x[first … first + Width - 1]; beyond n_in anything finite that x holds.
template <int Width, bool Whole>
DEVICE inline void load_slice(const float* x, int first, int n_in, float (&values)[Width])
{
    for (int i = 0; i < Width; ++i)
        values[i] = global(x)[Whole ? first + i : minimum(first + i, n_in - 1)];
}

/// Whether rows of this format always hold whole slices.
template <typename Block> constexpr bool whole_slices = Block::weights >= slice_width<Block>;

/// One row of one output.
struct OutputRow {
    float* out; ///< of column 0
    const void* weight;
    const float* bias;
    int64_t stride;
    int row;
    int n_out;
    float clamp;
    int second_format;
};

template <typename T> DEVICE inline T select(int i, T a, T b, T c)
{
    return i == 0 ? a : i == 1 ? b : c;
}

/// The output that a row counted over all outputs belongs to. Parameters indexed at run time would have
/// to be copied to memory, so all are looked at.
DEVICE inline OutputRow find_output(const ProductParameters& p, int row)
{
    const ProductOutput &a = p.outputs[0], &b = p.outputs[1], &c = p.outputs[2];
    const int end_a = a.n_out, end_b = end_a + b.n_out;
    const int i = row < end_a ? 0 : row < end_b ? 1 : 2;
    const int own_row = row - select(i, 0, end_a, end_b);
    return {select(i, a.out, b.out, c.out) + own_row,
            select(i, a.matrix.weight, b.matrix.weight, c.matrix.weight),
            select(i, a.matrix.bias, b.matrix.bias, c.matrix.bias),
            select(i, a.stride, b.stride, c.stride),
            own_row,
            select(i, a.n_out, b.n_out, c.n_out),
            select(i, a.clamp, b.clamp, c.clamp),
            select(i, a.second_format, b.second_format, c.second_format)};
}

/// Where each column has a matrix of its own, that one's.
DEVICE inline void choose_matrix(const ProductParameters& p, OutputRow& output, int column)
{
    if (!p.choices)
        return;
    const Matrix& matrix = global(p.choices)[p.chosen ? p.chosen[column] : column % p.n_choices];
    output.weight = matrix.weight;
    output.bias = matrix.bias;
}

/// What a sum of products makes of `before`, the value that is in the output.
DEVICE inline float finish_product(const ProductParameters& p, const OutputRow& output, const float* before,
                                   float sum, float column_scale, float bias)
{
    float value = (sum * column_scale + bias) * p.scale;
    if (p.accumulate)
        value += *global(before);
    if (output.clamp > 0)
        value = maximum(minimum(value, output.clamp), -output.clamp);
    return value;
}

DEVICE inline void store_product(const ProductParameters& p, const OutputRow& output, int column, float sum)
{
    const float column_scale = p.column_scales ? p.column_scales[column] : 1.0f;
    const float bias = output.bias ? global(output.bias)[output.row] : 0.0f;
    float* out = output.out + column * output.stride;
    *out = finish_product(p, output, out, sum, column_scale, bias);
}

/// One wave computes one row for `Columns` columns from first_column on: each weight is read once.
template <typename Block, int Columns> DEVICE void product(const ProductParameters& p, int first_column)
{
    constexpr int width = slice_width<Block>;
    OutputRow output = find_output(p, group_x() * (workgroup_threads / wave_size) + wave_index());
    if (output.row >= output.n_out)
        return;
    choose_matrix(p, output, first_column);
    const WeightRow<Block> weights(output.weight, output.n_out, output.row, p.row_blocks);

    float sums[Columns] = {};
    for (int first = lane_index() * width; first < p.n_in; first += wave_size * width) {
        float w[width];
        expand_slice(weights, first, p.n_in, w);
        for (int c = 0; c < Columns; ++c) {
            const int64_t column = minimum(first_column + c, p.n_columns - 1) / p.columns_per_x;
            float x[width];
            load_slice<width, whole_slices<Block>>(p.x + column * p.x_stride, first, p.n_in, x);
            for (int i = 0; i < width; ++i)
                sums[c] += w[i] * x[i];
            if (Columns > 1)
                keep_order();
        }
    }
    for (int c = 0; c < Columns; ++c) {
        const float sum = lanes_sum<wave_size>(sums[c]);
        if (lane_index() == c && first_column + c < p.n_columns)
            store_product(p, output, first_column + c, sum);
    }
}

} // namespace rocmforge::device
