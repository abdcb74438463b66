// Tiles of weights that are multiplied as floats: F32, F16 and BF16 exactly, and every format
// without integer kernels by its dequantize(). Weights are expanded some hundred columns at a time
// into the first-level cache and used for all tokens of the tile.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/panels.h"
#include "backend/cpu/simd/prefetch.h"

namespace rocmforge::cpu {
namespace {

constexpr int64_t expand_columns = 256; // a multiple of every format's block

/// Columns first … first + n - 1 of a panel as (n, 16) floats.
using Expand = void (*)(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile& tile);

/// Weights that `load_weights` widens, those of one column in 16 rows at a time.
template <typename Element, Floats (*load_weights)(const Element*)>
void expand_elements(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile&)
{
    const auto* values = reinterpret_cast<const Element*>(panel) + first * panel_rows;
    for (int64_t i = 0; i < n; ++i)
        store(to + 16 * i, load_weights(values + 16 * i));
}

/// 16 columns at a time; the columns beyond n that `rows` pads with are dropped.
inline void transpose_rows(float* to, const float* rows, int64_t n)
{
    for (int64_t i = 0; i < n; i += 16) {
        Floats block[16];
        for (int row = 0; row < 16; ++row)
            block[row] = load(rows + row * expand_columns + i);
        transpose(block);
        for (int64_t column = 0; column < 16 && i + column < n; ++column)
            store(to + (i + column) * 16, block[column]);
    }
}

inline void expand_rows(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile& tile)
{
    alignas(64) float rows[panel_rows * expand_columns];
    const FormatInfo& format = *tile.format;
    const int64_t row_bytes = tile.n_in / format.block_weights * format.block_bytes;
    const int64_t offset = first / format.block_weights * format.block_bytes;
    for (int row = 0; row < panel_rows; ++row)
        format.dequantize(panel + row * row_bytes + offset, rows + row * expand_columns, n);
    transpose_rows(to, rows, n);
}

template <Expand expand> void multiply_floats(const Tile& tile)
{
    alignas(64) float weights[2][expand_columns * panel_rows];
    const int64_t out_stride = int64_t{panel_rows} * tile.n_panels;
    for (int64_t i = 0; i < tile.n_tokens * out_stride; i += 16)
        store(tile.out + i, broadcast(0.0f));
    for (int64_t first = 0; first < tile.n_in; first += expand_columns) {
        const int64_t n = tile.n_in - first < expand_columns ? tile.n_in - first : expand_columns;
        for (int p = 0; p < tile.n_panels; ++p)
            expand(weights[p], tile.panels[p], first, n, tile);
        multiply({.a = tile.rows + first,
                  .a_stride = tile.n_in,
                  .b = weights[0],
                  .b_stride = panel_rows,
                  .strip_stride = expand_columns * panel_rows,
                  .c = tile.out,
                  .c_stride = out_stride,
                  .n_inner = n},
                 tile.n_tokens, tile.n_panels);
    }
}

/// One token: weights go straight from memory into the sums, in the order of multiply_floats(). The
/// sums of two panels hide more of an addition's latency than those of one.
template <typename Element, Floats (*load_weights)(const Element*), int panels>
void multiply_row(const Tile& tile)
{
    constexpr int64_t columns = 4;
    Floats sums[panels];
    for (Floats& sum : sums)
        sum = broadcast(0.0f);
    const auto add_column = [&](int64_t i) ROCMFORGE_INLINE_LAMBDA {
        const Floats x = broadcast(tile.rows[i]);
        for (int p = 0; p < panels; ++p) {
            const auto* weights = reinterpret_cast<const Element*>(tile.panels[p]) + i * panel_rows;
            sums[p] = fma(x, load_weights(weights), sums[p]);
        }
    };
    int64_t i = 0;
    for (; i + columns <= tile.n_in; i += columns) {
        for (int p = 0; p < panels; ++p)
            prefetch_behind<columns * panel_rows * sizeof(Element)>(
                tile.panels[p] + i * panel_rows * int64_t{sizeof(Element)});
        for (int64_t column = 0; column < columns; ++column)
            add_column(i + column);
    }
    for (; i < tile.n_in; ++i)
        add_column(i);
    for (int p = 0; p < panels; ++p)
        store(tile.out + 16 * p, sums[p]);
}

/// Weights that are floats in the file.
template <typename Element, Floats (*load_weights)(const Element*)> void multiply_elements(const Tile& tile)
{
    if (tile.n_tokens > 1)
        multiply_floats<expand_elements<Element, load_weights>>(tile);
    else if (tile.n_panels == 1)
        multiply_row<Element, load_weights, 1>(tile);
    else
        multiply_row<Element, load_weights, 2>(tile);
}

} // namespace
} // namespace rocmforge::cpu
