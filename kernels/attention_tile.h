// Attention of many rows on matrix tiles. Queries lie in local memory as halves with a scale each; a page's
// keys come there, then its values with tokens beside each other, as weights are summed over tokens.
#pragma once

#include "kernels/attention_output.h"

namespace rocmforge::device {

/// How a workgroup takes `rows` rows of heads of at most Dim elements: its waves lie in a grid of 16 rows
/// each by shares of a page's tokens or of a value's elements.
template <int Dim> struct AttentionShape {
    using Tile = device::Tile<Half>;
    static constexpr int rows = attention_tile_rows<Dim>;
    static constexpr int waves = workgroup_threads / wave_size;
    static constexpr int row_waves = rows / 16;
    static constexpr int column_waves = waves / row_waves;
    static constexpr int key_tiles = page_tokens / 16; ///< of a page
    static constexpr int dim_tiles = Dim / 16 / column_waves; ///< of each wave
    static constexpr int threads_per_row = workgroup_threads / rows;
    static constexpr int row_keys = page_tokens / threads_per_row; ///< of each thread of a row

    static constexpr int piece = 8; ///< elements that are moved at a time
    static constexpr int pieces = page_tokens * Dim / piece / workgroup_threads; ///< of each thread

    // So that rows begin in different banks.
    static constexpr int stride = Dim + piece;
    static constexpr int value_stride = page_tokens + piece;
    static constexpr int score_stride = page_tokens + 4;

    struct Memory {
        alignas(16) Half q[rows * stride];
        union {
            alignas(16) Half keys[page_tokens * stride];
            alignas(16) Half values[Dim * value_stride]; ///< (element, token)
        };
        alignas(16) float scores[rows][score_stride];
        alignas(16) Half weights[rows * value_stride];
        float factors[rows]; ///< on the sums
        int outputs[rows];
        bool is_last;
    };
    /// A page's keys or values on their way to local memory.
    struct Fetched {
        uint32_t words[pieces][piece / 2];
    };
    struct Sums {
        typename Tile::Sums tiles[dim_tiles];
    };

    static DEVICE int row_wave() { return wave_index() % row_waves; }
    static DEVICE int column_wave() { return wave_index() / row_waves; }
};

/// Elements d … of a token's row as halves.
DEVICE inline void fetch_piece(uint32_t (&words)[4], const CachedHead<const Half>& head, int token, int d)
{
    load_bytes<16, 16>(words, global(head.row(token)) + d);
}

DEVICE inline void fetch_piece(uint32_t (&words)[4], const CachedHead<const Code>& head, int token, int d)
{
    int codes[2];
    load_codes<8>(codes, head.row(token) + d);
    const float scale = half_to_float(head.scales_of(d)[token]);
    for (int i = 0; i < 4; ++i)
        words[i] = pack_halves(code_of(codes[i / 2], i % 2 * 2) * scale,
                               code_of(codes[i / 2], i % 2 * 2 + 1) * scale);
}

/// Where a piece of a page lies.
struct PagePiece {
    int token;
    int d;
};

template <typename Shape, int Dim> DEVICE inline PagePiece key_piece(int i)
{
    const int index = i * workgroup_threads + thread_index();
    return {index / (Dim / Shape::piece), index % (Dim / Shape::piece) * Shape::piece};
}

/// Pieces 2 i and 2 i + 1 are of consecutive tokens: their elements are neighbours in local memory.
template <typename Shape> DEVICE inline PagePiece value_piece(int i)
{
    constexpr int pairs = page_tokens / 2;
    const int index = i / 2 * workgroup_threads + thread_index();
    return {index % pairs * 2 + i % 2, index / pairs * Shape::piece};
}

/// Zeros beyond the end of rows, and for tokens from n_tokens on, whose rows may hold anything.
template <typename Shape, typename Head, typename Place>
DEVICE inline void fetch_page(typename Shape::Fetched& fetched, const Head& head, int n_tokens, Place place)
{
#pragma unroll
    for (int i = 0; i < Shape::pieces; ++i) {
        for (uint32_t& word : fetched.words[i])
            word = 0;
        const PagePiece piece = place(i);
        if (piece.token < n_tokens && piece.d < head.width)
            fetch_piece(fetched.words[i], head, piece.token, piece.d);
    }
}

template <typename Shape, int Dim>
DEVICE inline void store_keys(typename Shape::Memory& memory, const typename Shape::Fetched& fetched)
{
#pragma unroll
    for (int i = 0; i < Shape::pieces; ++i) {
        const PagePiece to = key_piece<Shape, Dim>(i);
        const auto& words = fetched.words[i];
        store_piece(memory.keys + to.token * Shape::stride + to.d,
                    Piece{words[0], words[1], words[2], words[3]});
    }
}

template <typename Shape>
DEVICE inline void store_values(typename Shape::Memory& memory, const typename Shape::Fetched& fetched)
{
#pragma unroll
    for (int i = 0; i < Shape::pieces; i += 2) {
        const PagePiece to = value_piece<Shape>(i);
        for (int e = 0; e < Shape::piece; ++e) {
            const int shift = e % 2 * 16;
            const uint32_t first = fetched.words[i][e / 2] >> shift & 0xffff;
            const uint32_t second = fetched.words[i + 1][e / 2] >> shift & 0xffff;
            Half* pair = memory.values + (to.d + e) * Shape::value_stride + to.token;
            *reinterpret_cast<uint32_t*>(pair) = first | second << 16;
        }
    }
}

/// What the threads of a row know of it.
struct TileRow {
    AttentionRow row;
    float scale; ///< what products with the query as halves are to be multiplied by
    float largest = -infinity;
    float sum = 0;
};

/// This thread's row, whose query is stored in local memory.
template <typename Shape>
DEVICE inline TileRow load_query(typename Shape::Memory& memory, const AttentionParameters& p,
                                 const AttentionTile& tile, int group)
{
    constexpr int threads = Shape::threads_per_row;
    const int r = thread_index() / threads, part = thread_index() % threads;
    TileRow own{find_row(p, tile, group, r), 0};
    const float* q = global(p.q + static_cast<int64_t>(own.row.output) * p.k_dim);
    float largest = 0;
    for (int d = part; d < p.k_dim; d += threads)
        largest = maximum(largest, magnitude(q[d]));
    const float scale = scale_to_halves(lanes_max<threads>(largest));
    auto* words = reinterpret_cast<uint32_t*>(memory.q + r * Shape::stride);
    for (int d = 2 * part; d < Shape::stride - Shape::piece; d += 2 * threads)
        words[d / 2] =
            pack_halves(d < p.k_dim ? q[d] * scale : 0.0f, d + 1 < p.k_dim ? q[d + 1] * scale : 0.0f);
    if (part == 0)
        memory.outputs[r] = own.row.output;
    own.scale = p.scale / scale;
    return own;
}

/// memory.scores = the products of the queries with the page's keys.
template <typename Shape> DEVICE inline void multiply_keys(typename Shape::Memory& memory, int k_dim)
{
    using Tile = typename Shape::Tile;
    const int first_row = Shape::row_wave() * 16;
    for (int k = Shape::column_wave(); k < Shape::key_tiles; k += Shape::column_waves) {
        typename Tile::Sums sums{};
#pragma unroll 1
        for (int d = 0; d < k_dim; d += Tile::depth) {
            typename Tile::Rows rows;
            typename Tile::Columns columns;
            Tile::load(rows, memory.q + first_row * Shape::stride + d, Shape::stride);
            Tile::load(columns, memory.keys + k * 16 * Shape::stride + d, Shape::stride);
            Tile::multiply_add(sums, rows, columns);
        }
        Tile::visit(sums, [&](int row, int column, float sum) {
            memory.scores[first_row + row][k * 16 + column] = sum;
        });
    }
}

/// Of weights as halves: so only those below 2^-29 of the largest are less than a normal one, which not all
/// matrix instructions see.
constexpr float weight_scale = 32768.0f;

/// memory.weights = those of the scores, relative to the largest so far.
template <typename Shape>
DEVICE inline void weigh_keys(typename Shape::Memory& memory, TileRow& own, float soft_cap, int first_key)
{
    constexpr int threads = Shape::threads_per_row, n = Shape::row_keys;
    const int r = thread_index() / threads, part = thread_index() % threads;
    float weights[n];
    float largest = own.largest;
#pragma unroll
    for (int i = 0; i < n; ++i) {
        const int key = part * n + i;
        weights[i] = visible_score(own.row, soft_cap, memory.scores[r][key] * own.scale, first_key + key);
        largest = maximum(largest, weights[i]);
    }
    largest = lanes_max<threads>(largest);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < n; ++i) {
        weights[i] = weights[i] == -infinity ? 0 : exp_of(weights[i] - largest);
        sum += weights[i];
    }
    auto* words = reinterpret_cast<uint32_t*>(memory.weights + r * Shape::value_stride + part * n);
#pragma unroll
    for (int i = 0; i < n; i += 2)
        words[i / 2] = pack_halves(weights[i] * weight_scale, weights[i + 1] * weight_scale);
    const float factor = own.largest == -infinity ? 0 : exp_of(own.largest - largest);
    own.sum = own.sum * factor + lanes_sum<threads>(sum);
    own.largest = largest;
    if (part == 0)
        memory.factors[r] = factor;
}

/// sums += weights · values
template <typename Shape>
DEVICE inline void add_values(typename Shape::Sums& sums, const typename Shape::Memory& memory, int v_dim)
{
    using Tile = typename Shape::Tile;
    const int first_row = Shape::row_wave() * 16;
    const Half* weights = memory.weights + first_row * Shape::value_stride;
#pragma unroll
    for (int t = 0; t < Shape::dim_tiles; ++t) {
        const int d = (Shape::column_wave() * Shape::dim_tiles + t) * 16;
        if (d >= v_dim)
            continue;
        Tile::visit(sums.tiles[t], [&](int row, int, float& sum) { sum *= memory.factors[first_row + row]; });
#pragma unroll
        for (int k = 0; k < page_tokens; k += Tile::depth) {
            typename Tile::Rows rows;
            typename Tile::Columns columns;
            Tile::load(rows, weights + k, Shape::value_stride);
            Tile::load(columns, memory.values + d * Shape::value_stride + k, Shape::value_stride);
            Tile::multiply_add(sums.tiles[t], rows, columns);
            keep_order();
        }
    }
}

/// store(row, d, sum) for all elements of outputs that this thread has.
template <typename Shape, typename Store>
DEVICE inline void visit_sums(const typename Shape::Sums& sums, int n_rows, int v_dim, Store store)
{
#pragma unroll
    for (int t = 0; t < Shape::dim_tiles; ++t) {
        const int first = (Shape::column_wave() * Shape::dim_tiles + t) * 16;
        Shape::Tile::visit(sums.tiles[t], [&](int tile_row, int column, float sum) {
            const int row = Shape::row_wave() * 16 + tile_row;
            if (row < n_rows && first + column < v_dim)
                store(row, first + column, sum / weight_scale);
        });
    }
}

/// The tile's results.
template <typename Shape>
DEVICE inline void store_results(typename Shape::Memory& memory, const AttentionParameters& p,
                                 const typename Shape::Sums& sums, const TileRow& own, int n_rows)
{
    if (thread_index() % Shape::threads_per_row == 0)
        memory.factors[thread_index() / Shape::threads_per_row] = share(own.largest, own.sum, own.row.sink);
    barrier();
    visit_sums<Shape>(sums, n_rows, p.v_dim, [&](int row, int d, float sum) {
        p.y[static_cast<int64_t>(memory.outputs[row]) * p.v_dim + d] = sum * memory.factors[row];
    });
}

/// Its share in them and, by the last split, all of them.
template <typename Shape>
DEVICE inline void store_parts(typename Shape::Memory& memory, const AttentionParameters& p,
                               const typename Shape::Sums& sums, const TileRow& own,
                               const AttentionTile& tile, int group)
{
    visit_sums<Shape>(sums, tile.n_rows, p.v_dim,
                      [&](int row, int d, float sum) { part_of(p, memory.outputs[row])[d] = sum; });
    const int r = thread_index() / Shape::threads_per_row;
    if (thread_index() % Shape::threads_per_row == 0 && r < tile.n_rows) {
        float* part = part_of(p, own.row.output);
        part[p.v_dim] = own.largest;
        part[p.v_dim + 1] = own.sum;
    }
    if (!is_last_split(memory.is_last, p))
        return;
    const ValueThreads threads(p.v_dim, 1);
    for (int first = 0; first < tile.n_rows; first += threads.n_groups) {
        const AttentionRow row = find_row(p, tile, group, first + threads.group());
        join_parts(p, row.output, row.sink, threads, first + threads.group() < tile.n_rows);
    }
}

template <typename Element, int Dim> DEVICE void attention_tile(const AttentionParameters& p)
{
    using Shape = AttentionShape<Dim>;
    using Head = CachedHead<const Element>;
    auto& memory = local_memory<typename Shape::Memory>();
    const AttentionTile tile = p.tiles[group_x()];
    const int group = p.n_heads / p.n_kv_heads;
    const KeyRange range = visible_keys(p, tile, group);
    const PageRange pages = own_pages(range, p.n_splits);
    const auto head_of = [&](int page) {
        return static_cast<int64_t>(p.pages[tile.pages + page]) * p.n_kv_heads + group_y();
    };
    const auto fetch_keys = [&](typename Shape::Fetched& fetched, int page) {
        fetch_page<Shape>(fetched, Head(p.k_cache, head_of(page), p.k_dim), range.end - page * page_tokens,
                          key_piece<Shape, Dim>);
    };

    TileRow own = load_query<Shape>(memory, p, tile, group);
    typename Shape::Sums sums{};
    typename Shape::Fetched fetched;
    if (pages.begin < pages.end)
        fetch_keys(fetched, pages.begin);
    barrier(); // where there is no page, too
    // What comes next is fetched before what is there is multiplied.
    for (int page = pages.begin; page < pages.end; ++page) {
        store_keys<Shape, Dim>(memory, fetched);
        barrier();
        fetch_page<Shape>(fetched, Head(p.v_cache, head_of(page), p.v_dim), range.end - page * page_tokens,
                          value_piece<Shape>);
        multiply_keys<Shape>(memory, p.k_dim);
        barrier();
        store_values<Shape>(memory, fetched);
        if (page + 1 < pages.end)
            fetch_keys(fetched, page + 1);
        weigh_keys<Shape>(memory, own, p.soft_cap, page * page_tokens);
        barrier();
        add_values<Shape>(sums, memory, p.v_dim);
        barrier();
    }
    if (p.n_splits == 1)
        store_results<Shape>(memory, read_again(p), sums, own, tile.n_rows);
    else
        store_parts<Shape>(memory, read_again(p), sums, own, tile, group);
}

} // namespace rocmforge::device
