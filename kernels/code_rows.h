// Rows of quantized weights times columns of activations rounded to 8 bits, as the lanes of one wave share
// them.
#pragma once

#include "kernels/codes.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// Rounded activations (n_columns, n_in).
struct Columns {
    Rounded rounded;
    int n_in;
    int n; ///< columns

    /// One of them.
    DEVICE Columns only(int column) const
    {
        const int64_t begin = static_cast<int64_t>(column) * n_in;
        return {{rounded.codes + begin, rounded.scales + begin / rounding_group}, n_in, 1};
    }
};

/// What a part of a row of weights is multiplied by.
template <typename Block> struct PartOfColumn {
    using Part = Codes<Block>;
    int codes[Part::groups][Part::words];
    RoundedScale scales[Part::groups];

    DEVICE PartOfColumn(const Columns& x, int column, int block, int part)
    {
        const int row = minimum(column, x.n - 1) * x.n_in;
        for (int g = 0; g < Part::groups; ++g) {
            const int begin = row + block * Block::weights + Part::first_weight(part, g);
            load_bytes<Part::words * 4, 16>(codes[g], global(x.rounded.codes) + begin);
            scales[g] = global(x.rounded.scales)[begin / rounding_group];
        }
    }

    /// Of the activations of a group, which may be half of those that were rounded together.
    DEVICE float sum_of_group(int g) const
    {
        if constexpr (Part::words * 4 == rounding_group)
            return scales[g].sum;
        int sum = 0;
        for (int i = 0; i < Part::words; ++i)
            sum = dot4(codes[g][i], 0x01010101, sum);
        return scales[g].scale * static_cast<float>(sum);
    }

    DEVICE float times(const Part& weights) const
    {
        float sum = 0;
        for (int g = 0; g < Part::groups; ++g) {
            int product = 0;
            for (int i = 0; i < Part::words; ++i)
                product = dot4(weights.codes[g][i], codes[g][i], product);
            sum += weights.scale[g] * scales[g].scale * static_cast<float>(product);
            if constexpr (Part::has_minimum)
                sum -= weights.minimum[g] * sum_of_group(g);
        }
        return sum;
    }
};

/// sums += part i of some rows times the same part of some columns.
template <typename Block, int N, int M>
DEVICE inline void multiply_part(float (&sums)[N][M], const Codes<Block> (&weights)[N], const Columns& x,
                                 int i)
{
    using Part = Codes<Block>;
    for (int c = 0; c < M; ++c) {
        const PartOfColumn<Block> column(x, c, i / Part::parts, i % Part::parts);
        for (int r = 0; r < N; ++r)
            sums[r][c] += column.times(weights[r]);
        if constexpr (M > 1)
            keep_order();
    }
}

template <typename Block, int N>
DEVICE inline void load_part(Codes<Block> (&weights)[N], const WeightRow<Block> (&rows)[N], int i)
{
    using Part = Codes<Block>;
    for (int r = 0; r < N; ++r)
        weights[r].load(rows[r][i / Part::parts], i % Part::parts);
}

/// sums += the share of this lane in the products of some rows with some columns. All rows are asked for
/// at once, and of a single one two parts: more memory is then on its way.
template <typename Block, int N, int M>
DEVICE inline void multiply_rows(float (&sums)[N][M], const WeightRow<Block> (&rows)[N], const Columns& x)
{
    const int n_parts = x.n_in / Block::weights * Codes<Block>::parts;
    int i = lane_index();
    if constexpr (N == 1 && M == 1 && Codes<Block>::loads_at_once > 1)
        for (; i + wave_size < n_parts; i += 2 * wave_size) {
            Codes<Block> first[N], second[N];
            load_part(first, rows, i);
            load_part(second, rows, i + wave_size);
            multiply_part(sums, first, x, i);
            multiply_part(sums, second, x, i + wave_size);
        }
    for (; i < n_parts; i += wave_size) {
        Codes<Block> weights[N];
        load_part(weights, rows, i);
        multiply_part(sums, weights, x, i);
    }
}

} // namespace rocmforge::device
