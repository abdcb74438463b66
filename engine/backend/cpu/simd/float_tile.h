// Tiles of weights that are multiplied as floats: F32, F16 and BF16 exactly, and every format
// without integer kernels by its dequantize(). Weights are expanded some hundred columns at a time
// into the first-level cache and used for all tokens of the tile.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/panels.h"

namespace rocmforge::cpu {
namespace {

constexpr int64_t expand_columns = 256; // a multiple of every format's block

/// Columns first … first + n - 1 of a panel as (n, 16) floats.
using Expand = void (*)(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile& tile);

inline void expand_f32(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile&)
{
    __builtin_memcpy(to, panel + first * panel_rows * 4, static_cast<size_t>(n * panel_rows) * 4);
}

inline void expand_f16(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile&)
{
    const auto* values = reinterpret_cast<const uint16_t*>(panel) + first * panel_rows;
    for (int64_t i = 0; i < n; ++i)
        store(to + 16 * i, load_halves(values + 16 * i));
}

inline void expand_bf16(float* to, const std::byte* panel, int64_t first, int64_t n, const Tile&)
{
    const auto* values = reinterpret_cast<const uint16_t*>(panel) + first * panel_rows;
    for (int64_t i = 0; i < n; ++i)
        store(to + 16 * i, load_bfloat16s(values + 16 * i));
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

} // namespace
} // namespace rocmforge::cpu
