// Matrix products on matrix tiles: weights in any format are expanded to halves on their way to local
// memory, where the activations come as halves already. F32 weights are multiplied in F32.
#pragma once

#include "kernels/product.h"

namespace rocmforge::device {

template <typename Block> struct TileElementOf {
    using Type = Half;
};
template <> struct TileElementOf<BlockF32> {
    using Type = float;
};

/// How a workgroup of 2 · Size threads takes Size columns by Size rows of a product: n_in in steps of
/// 128 bytes, of which a thread brings half a row of weights and four pieces of 16 bytes of x.
template <typename Block, int Size> struct TileShape {
    using Element = typename TileElementOf<Block>::Type;
    using Tile = device::Tile<Element>;
    static constexpr int threads = 2 * Size;
    static constexpr int step = 128 / int(sizeof(Element));
    static constexpr int run = step / 2; ///< weights per thread
    static constexpr int piece = 16 / int(sizeof(Element)); ///< of x
    static constexpr int pieces = 4; ///< per thread
    static constexpr int stride = step + piece; ///< so that the rows' banks differ

    static constexpr int waves = threads / wave_size;
    static constexpr int column_waves = waves < 4 ? 1 : 2;
    static constexpr int row_waves = waves / column_waves;
    static constexpr int column_tiles = Size / column_waves / 16; ///< of each wave
    static constexpr int row_tiles = Size / row_waves / 16;

    static constexpr int row_span = row_tiles * 16; ///< rows of each wave

    struct Step {
        alignas(16) Element x[Size * stride];
        alignas(16) Element weights[Size * stride];
    };
    union Memory {
        Step step;
        float sums[waves][16][row_span]; ///< (column, row) on their way out
    };
    /// The next step's, on its way to local memory.
    struct Fetched {
        Piece x[pieces];
        uint32_t weights[run * int(sizeof(Element)) / 4];
    };
    /// Columns of the product are the tiles' rows: so lanes beside each other store beside each other.
    struct Sums {
        typename Tile::Sums tiles[column_tiles][row_tiles];
    };
};

DEVICE inline Piece fetch_piece(const ProductParameters& p, const Half*, int column, int first)
{
    const int64_t stride = (p.n_in + halves_step - 1) / halves_step * halves_step;
    Piece piece;
    load_bytes<16, 16>(&piece, global(p.halves + column * stride + first));
    return piece;
}

DEVICE inline Piece fetch_piece(const ProductParameters& p, const float*, int column, int first)
{
    float x[4];
    load_slice<4, false>(p.x + column * p.x_stride, first, p.n_in, x);
    return {__builtin_bit_cast(uint32_t, x[0]), __builtin_bit_cast(uint32_t, x[1]),
            __builtin_bit_cast(uint32_t, x[2]), __builtin_bit_cast(uint32_t, x[3])};
}

/// The columns of a workgroup: consecutive ones, or those of one matrix.
struct TileColumns {
    const int32_t* order; ///< null = consecutive
    int first;
    int n; ///< from the first on

    /// Beyond the last it is the last again.
    DEVICE int operator[](int i) const
    {
        const int place = first + minimum(i, n - 1);
        return order ? global(order)[place] : place;
    }
};

/// The rows of x that the pieces of a thread are of.
template <typename Shape>
DEVICE inline void find_rows(int (&rows)[Shape::pieces], const ProductParameters& p,
                             const TileColumns& columns)
{
    constexpr int pieces_per_row = Shape::step / Shape::piece;
    for (int i = 0; i < Shape::pieces; ++i) {
        const int column = columns[(i * Shape::threads + thread_index()) / pieces_per_row];
        rows[i] = columns.order ? column / p.columns_per_x : column;
    }
}

template <typename Shape>
DEVICE inline void fetch_x(const ProductParameters& p, typename Shape::Fetched& fetched,
                           const int (&rows)[Shape::pieces], int first)
{
    constexpr int pieces_per_row = Shape::step / Shape::piece;
    for (int i = 0; i < Shape::pieces; ++i)
        fetched.x[i] =
            fetch_piece(p, static_cast<const typename Shape::Element*>(nullptr), rows[i],
                        first + (i * Shape::threads + thread_index()) % pieces_per_row * Shape::piece);
}

template <int Width> DEVICE inline void pack(uint32_t* words, const float (&values)[Width], const Half*)
{
#pragma unroll
    for (int i = 0; i < Width / 2; ++i)
        words[i] = pack_halves(values[2 * i], values[2 * i + 1]);
}

template <int Width> DEVICE inline void pack(uint32_t* words, const float (&values)[Width], const float*)
{
#pragma unroll
    for (int i = 0; i < Width; ++i)
        words[i] = __builtin_bit_cast(uint32_t, values[i]);
}

/// Zeros beyond n_in.
template <typename Block, typename Shape>
DEVICE inline void fetch_weights(typename Shape::Fetched& fetched, const WeightRow<Block>& row, int first,
                                 int n_in)
{
    using Element = typename Shape::Element;
    constexpr int width = slice_width<Block>;
    static_assert(Shape::run % width == 0);
#pragma unroll
    for (int i = 0; i < Shape::run; i += width) {
        float w[width] = {};
        if (first + i < n_in)
            expand_slice(row, first + i, n_in, w);
        pack(fetched.weights + i * int(sizeof(Element)) / 4, w, static_cast<const Element*>(nullptr));
    }
}

template <typename Shape>
DEVICE inline void store_fetched(typename Shape::Memory& memory, const typename Shape::Fetched& fetched)
{
    constexpr int pieces_per_row = Shape::step / Shape::piece;
    for (int i = 0; i < Shape::pieces; ++i) {
        const int index = i * Shape::threads + thread_index();
        store_piece(memory.step.x + index / pieces_per_row * Shape::stride
                        + index % pieces_per_row * Shape::piece,
                    fetched.x[i]);
    }
    auto* weights =
        memory.step.weights + thread_index() / 2 * Shape::stride + thread_index() % 2 * Shape::run;
#pragma unroll
    for (int i = 0; i < Shape::run / Shape::piece; ++i)
        store_piece(weights + i * Shape::piece,
                    Piece{fetched.weights[4 * i], fetched.weights[4 * i + 1], fetched.weights[4 * i + 2],
                          fetched.weights[4 * i + 3]});
}

/// What is in local memory, times the tiles of this thread's wave.
template <typename Shape>
DEVICE inline void multiply_step(typename Shape::Sums& sums, const typename Shape::Memory& memory)
{
    using Tile = typename Shape::Tile;
    constexpr int stride = Shape::stride;
    const auto* x = memory.step.x + wave_index() / Shape::row_waves * Shape::column_tiles * 16 * stride;
    const auto* weights =
        memory.step.weights + wave_index() % Shape::row_waves * Shape::row_tiles * 16 * stride;
#pragma unroll 1
    for (int k = 0; k < Shape::step; k += Tile::depth) {
        typename Tile::Columns columns[Shape::row_tiles];
#pragma unroll
        for (int r = 0; r < Shape::row_tiles; ++r)
            Tile::load(columns[r], weights + r * 16 * stride + k, stride);
#pragma unroll
        for (int c = 0; c < Shape::column_tiles; ++c) {
            typename Tile::Rows rows;
            Tile::load(rows, x + c * 16 * stride + k, stride);
#pragma unroll
            for (int r = 0; r < Shape::row_tiles; ++r)
                Tile::multiply_add(sums.tiles[c][r], rows, columns[r]);
        }
    }
}

/// The first row of a tile of `Size` rows, counted over all outputs, none of which share a tile.
template <int Size> DEVICE inline OutputRow find_tile_row(const ProductParameters& p, int tile)
{
    const int rows_a = p.outputs[0].n_out, rows_b = p.outputs[1].n_out;
    const int end_a = (rows_a + Size - 1) / Size, end_b = end_a + (rows_b + Size - 1) / Size;
    const int i = tile < end_a ? 0 : tile < end_b ? 1 : 2;
    const int first = (tile - select(i, 0, end_a, end_b)) * Size;
    return find_output(p, first + select(i, 0, rows_a, rows_a + rows_b));
}

/// What sums of a column are to be multiplied by.
DEVICE inline float scale_of_column(const ProductParameters& p, const TileColumns& columns, int column)
{
    float scale = 1;
    if (p.halves_scales)
        scale = global(p.halves_scales)[columns.order ? column / p.columns_per_x : column];
    return p.column_scales ? scale * global(p.column_scales)[column] : scale;
}

/// Finishes and stores 16 columns that lie in local memory. Each lane has a row of its own and loads what
/// is in several columns of the output before it stores any, which the compiler could not know it may.
template <typename Shape>
DEVICE inline void store_columns(const ProductParameters& p, const float (&sums)[16][Shape::row_span],
                                 const OutputRow& output, const TileColumns& columns, int first_column)
{
    if (output.row >= output.n_out)
        return;
    constexpr int columns_at_once = wave_size / Shape::row_span;
    constexpr int batch = 4;
    const int lane_row = lane_index() % Shape::row_span;
    const float bias = output.bias ? global(output.bias)[output.row] : 0.0f;
#pragma unroll 1
    for (int first = lane_index() / Shape::row_span; first < 16; first += columns_at_once * batch) {
        float values[batch];
        for (int i = 0; i < batch; ++i) {
            const int column = first + i * columns_at_once;
            const int source = columns[first_column + column];
            values[i] = finish_product(p, output, output.out + source * output.stride, sums[column][lane_row],
                                       scale_of_column(p, columns, source), bias);
        }
        for (int i = 0; i < batch; ++i) {
            const int column = first_column + first + i * columns_at_once;
            if (column < columns.n)
                output.out[columns[column] * output.stride] = values[i];
        }
    }
}

/// `output` is the first row of the workgroup's tile.
template <typename Shape>
DEVICE inline void store_sums(const ProductParameters& p, typename Shape::Memory& memory,
                              const typename Shape::Sums& sums, OutputRow output, const TileColumns& columns)
{
    const int row = wave_index() % Shape::row_waves * Shape::row_span + lane_index() % Shape::row_span;
    output.out += row;
    output.row += row;
    const int first_column = wave_index() / Shape::row_waves * Shape::column_tiles * 16;
    auto& own = memory.sums[wave_index()];
#pragma unroll
    for (int c = 0; c < Shape::column_tiles; ++c) {
        barrier();
#pragma unroll
        for (int r = 0; r < Shape::row_tiles; ++r)
            Shape::Tile::visit(sums.tiles[c][r], [&](int tile_column, int tile_row, float sum) {
                own[tile_column][r * 16 + tile_row] = sum;
            });
        barrier();
        store_columns<Shape>(p, own, output, columns, first_column + c * 16);
    }
}

/// Of all columns and outputs, `output` being the first row of the workgroup's tile.
template <typename Block, int Size>
DEVICE void product_tile(const ProductParameters& p, const TileColumns& columns, const OutputRow& output)
{
    using Shape = TileShape<Block, Size>;
    auto& memory = local_memory<typename Shape::Memory>();
    int rows[Shape::pieces];
    find_rows<Shape>(rows, p, columns);
    const int row = minimum(output.row + thread_index() / 2, output.n_out - 1);
    const WeightRow<Block> weights(output.weight, output.n_out, row, p.row_blocks);
    const int run = thread_index() % 2 * Shape::run;

    typename Shape::Sums sums{};
    typename Shape::Fetched fetched;
    // Each step is fetched before the one before it is multiplied.
    for (int first = 0;; first += Shape::step) {
        if (first < p.n_in) {
            fetch_x<Shape>(p, fetched, rows, first);
            fetch_weights<Block, Shape>(fetched, weights, first + run, p.n_in);
        }
        if (first > 0)
            multiply_step<Shape>(sums, memory);
        if (first >= p.n_in)
            break;
        barrier();
        store_fetched<Shape>(memory, fetched);
        barrier();
    }
    store_sums<Shape>(p, memory, sums, output, columns);
}

/// A tile of consecutive columns.
template <typename Block, int Size> DEVICE void product_tile(const ProductParameters& p)
{
    const int first = group_x() * Size;
    product_tile<Block, Size>(p, {nullptr, first, p.n_columns - first}, find_tile_row<Size>(p, group_y()));
}

/// The same, or where there are tiles one of columns that have a matrix in common.
template <typename Block, int Size> DEVICE void chosen_product_tile(const ProductParameters& p)
{
    const int first = group_x() * Size;
    TileColumns columns{nullptr, first, p.n_columns - first};
    OutputRow output = find_tile_row<Size>(p, group_y());
    if (p.tiles) {
        const ColumnTile tile = global(p.tiles)[group_x()];
        if (tile.n == 0)
            return;
        columns = {p.order, tile.first, tile.n};
        const Matrix& matrix = global(p.choices)[tile.matrix];
        output.weight = matrix.weight;
        output.bias = matrix.bias;
    }
    product_tile<Block, Size>(p, columns, output);
}

} // namespace rocmforge::device
