// Products of F32 matrices: c (n_rows, columns) += a (n_rows, n_inner) · b (n_inner, columns), where
// b is cut into strips of 16 columns. Sums are F32.
#pragma once

namespace rocmforge::cpu {
namespace {

struct FloatProduct {
    const float* a;
    int64_t a_stride;
    const float* b;
    int64_t b_stride; ///< from row to row
    int64_t strip_stride; ///< from strip to strip
    float* c;
    int64_t c_stride;
    int64_t n_inner;
};

/// One register tile: `rows` rows times `strips` strips.
/// Reads (rows + 16 · strips) floats per 2 · 16 · rows · strips operations.
template <int rows, int strips> ROCMFORGE_INLINE void multiply_tile(const FloatProduct& p)
{
    Floats sums[rows][strips];
    for (int r = 0; r < rows; ++r)
        for (int s = 0; s < strips; ++s)
            sums[r][s] = load(p.c + r * p.c_stride + 16 * s);
    for (int64_t i = 0; i < p.n_inner; ++i) {
        Floats b[strips];
        for (int s = 0; s < strips; ++s)
            b[s] = load(p.b + i * p.b_stride + s * p.strip_stride);
        for (int r = 0; r < rows; ++r) {
            const Floats a = broadcast(p.a[r * p.a_stride + i]);
            for (int s = 0; s < strips; ++s)
                sums[r][s] = fma(a, b[s], sums[r][s]);
        }
    }
    for (int r = 0; r < rows; ++r)
        for (int s = 0; s < strips; ++s)
            store(p.c + r * p.c_stride + 16 * s, sums[r][s]);
}

template <int rows> void multiply_rows(FloatProduct p, int64_t n_strips)
{
    int64_t s = 0;
    for (; s + float_tile_vectors <= n_strips; s += float_tile_vectors) {
        multiply_tile<rows, float_tile_vectors>(p);
        p.b += float_tile_vectors * p.strip_stride;
        p.c += 16 * float_tile_vectors;
    }
    if constexpr (float_tile_vectors > 1) {
        for (; s < n_strips; ++s) {
            multiply_tile<rows, 1>(p);
            p.b += p.strip_stride;
            p.c += 16;
        }
    }
}

/// Rows are taken in full tiles, then in ever smaller ones.
template <int rows = float_tile_rows> void multiply(FloatProduct p, int64_t n_rows, int64_t n_strips)
{
    for (; n_rows >= rows; n_rows -= rows) {
        multiply_rows<rows>(p, n_strips);
        p.a += rows * p.a_stride;
        p.c += rows * p.c_stride;
    }
    if constexpr (rows > 1) {
        if (n_rows > 0)
            multiply<(rows + 1) / 2>(p, n_rows, n_strips);
    }
}

} // namespace
} // namespace rocmforge::cpu
