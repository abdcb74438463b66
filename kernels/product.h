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

DEVICE inline void store_product(const ProductParameters& p, const OutputRow& output, int column, float sum)
{
    float value = sum;
    if (p.column_scales)
        value *= p.column_scales[column];
    if (output.bias)
        value += global(output.bias)[output.row];
    if (output.clamp > 0)
        value = maximum(minimum(value, output.clamp), -output.clamp);
    float* out = output.out + column * output.stride;
    *out = (p.accumulate ? *out : 0.0f) + value * p.scale;
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

constexpr int tile_size = 64; ///< rows and columns
constexpr int tile_depth = 32; ///< of n_in at a time

struct ProductTiles {
    float weights[tile_depth][tile_size];
    float x[tile_depth][tile_size];
};

template <typename Block>
DEVICE inline void fill_weights(const ProductParameters& p, ProductTiles& tiles, int first_row, int depth)
{
    constexpr int width = slice_width<Block>;
    const ProductOutput& output = p.outputs[0];
    for (int i = thread_index(); i < tile_size * tile_depth / width; i += workgroup_threads) {
        const int row = i % tile_size;
        const int offset = i / tile_size * width;
        const int64_t source = minimum(first_row + row, output.n_out - 1);
        const WeightRow<Block> weights(output.matrix.weight, output.n_out, source, p.row_blocks);
        float w[width] = {};
        if (depth + offset < p.n_in)
            expand_slice(weights, depth + offset, p.n_in, w);
        for (int k = 0; k < width; ++k)
            tiles.weights[offset + k][row] = w[k];
    }
}

template <typename Block>
DEVICE inline void fill_x(const ProductParameters& p, ProductTiles& tiles, int first_column, int depth)
{
    constexpr int width = 8;
    const int column = thread_index() % tile_size;
    const int offset = thread_index() / tile_size * width;
    const int64_t source = minimum(first_column + column, p.n_columns - 1);
    float x[width] = {};
    if (depth + offset < p.n_in)
        load_slice<width, whole_slices<Block>>(p.x + source * p.x_stride, depth + offset, p.n_in, x);
    for (int k = 0; k < width; ++k)
        tiles.x[offset + k][column] = x[k];
}

/// A workgroup computes 64 rows by 64 columns, each thread 4 by 4, from tiles in local memory.
template <typename Block> DEVICE void product_tile(const ProductParameters& p)
{
    static_assert(workgroup_threads == 256, "16 by 16 threads of 4 by 4 outputs");
    auto& tiles = local_memory<ProductTiles>();
    const int first_row = group_x() * tile_size, first_column = group_y() * tile_size;
    const int row = thread_index() % 16 * 4, column = thread_index() / 16 * 4;
    float sums[4][4] = {};
    for (int depth = 0; depth < p.n_in; depth += tile_depth) {
        fill_weights<Block>(p, tiles, first_row, depth);
        fill_x<Block>(p, tiles, first_column, depth);
        barrier();
        for (int k = 0; k < tile_depth; ++k)
            for (int r = 0; r < 4; ++r)
                for (int c = 0; c < 4; ++c)
                    sums[r][c] += tiles.weights[k][row + r] * tiles.x[k][column + c];
        barrier();
    }
    for (int r = 0; r < 4; ++r)
        for (int c = 0; c < 4; ++c)
            if (first_row + row + r < p.outputs[0].n_out && first_column + column + c < p.n_columns)
                store_product(p, find_output(p, first_row + row + r), first_column + column + c, sums[r][c]);
}

} // namespace rocmforge::device
