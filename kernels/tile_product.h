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

    struct Memory {
        alignas(16) Element x[Size * stride];
        alignas(16) Element weights[Size * stride];
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

/// Columns beyond the last are the last again.
template <typename Shape>
DEVICE inline void fetch_x(const ProductParameters& p, typename Shape::Fetched& fetched, int first_column,
                           int first)
{
    constexpr int pieces_per_row = Shape::step / Shape::piece;
    for (int i = 0; i < Shape::pieces; ++i) {
        const int index = i * Shape::threads + thread_index();
        const int column = minimum(first_column + index / pieces_per_row, p.n_columns - 1);
        fetched.x[i] = fetch_piece(p, static_cast<const typename Shape::Element*>(nullptr), column,
                                   first + index % pieces_per_row * Shape::piece);
    }
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
        store_piece(memory.x + index / pieces_per_row * Shape::stride + index % pieces_per_row * Shape::piece,
                    fetched.x[i]);
    }
    auto* weights = memory.weights + thread_index() / 2 * Shape::stride + thread_index() % 2 * Shape::run;
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
    const auto* x = memory.x + wave_index() / Shape::row_waves * Shape::column_tiles * 16 * stride;
    const auto* weights = memory.weights + wave_index() % Shape::row_waves * Shape::row_tiles * 16 * stride;
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

/// `first` is the first row of the workgroup's tile.
template <typename Shape>
DEVICE inline void store_sums(const ProductParameters& p, const typename Shape::Sums& sums,
                              const OutputRow& first, int first_column)
{
    const int wave_column = first_column + wave_index() / Shape::row_waves * Shape::column_tiles * 16;
    const int wave_row = wave_index() % Shape::row_waves * Shape::row_tiles * 16;
#pragma unroll
    for (int c = 0; c < Shape::column_tiles; ++c)
#pragma unroll
        for (int r = 0; r < Shape::row_tiles; ++r)
            Shape::Tile::visit(sums.tiles[c][r], [&](int tile_column, int tile_row, float sum) {
                const int column = wave_column + c * 16 + tile_column;
                const int offset = wave_row + r * 16 + tile_row;
                OutputRow output = first;
                output.out += offset;
                output.row += offset;
                if (output.row < output.n_out && column < p.n_columns)
                    store_product(p, output, column, sum);
            });
}

template <typename Block, int Size> DEVICE void product_tile(const ProductParameters& p)
{
    using Shape = TileShape<Block, Size>;
    auto& memory = local_memory<typename Shape::Memory>();
    const int first_column = group_x() * Size;
    const OutputRow output = find_tile_row<Size>(p, group_y());
    const int row = minimum(output.row + thread_index() / 2, output.n_out - 1);
    const WeightRow<Block> weights(output.weight, output.n_out, row, p.row_blocks);
    const int run = thread_index() % 2 * Shape::run;

    typename Shape::Sums sums{};
    typename Shape::Fetched fetched;
    // Each step is fetched before the one before it is multiplied.
    for (int first = 0;; first += Shape::step) {
        if (first < p.n_in) {
            fetch_x<Shape>(p, fetched, first_column, first);
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
    store_sums<Shape>(p, sums, output, first_column);
}

} // namespace rocmforge::device
