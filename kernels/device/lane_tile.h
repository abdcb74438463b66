// The tile of machines without a matrix instruction for its elements.
#pragma once

#include <stdint.h>

namespace rocmforge::device {

/// sum + the products of what two words hold.
template <typename Element> DEVICE inline float multiply_words(uint32_t a, uint32_t b, float sum)
{
    if constexpr (sizeof(Element) == sizeof(Half))
        return dot2(a, b, sum);
    else
        return sum + __builtin_bit_cast(float, a) * __builtin_bit_cast(float, b);
}

/// A lane computes 16 / (wave_size / 8) rows by two columns of a tile, far enough apart that the lanes'
/// loads meet different banks of local memory.
template <typename Element> struct LaneTile {
    static constexpr int words = 8; ///< of each row at a time
    static constexpr int depth = words * 4 / int(sizeof(Element));
    static constexpr int lane_columns = 8;
    static constexpr int lane_rows = wave_size / lane_columns;
    static constexpr int n_rows = 16 / lane_rows;
    static constexpr int n_columns = 16 / lane_columns;

    struct Rows {
        uint32_t values[n_rows][words];
    };
    struct Columns {
        uint32_t values[n_columns][words];
    };
    struct Sums {
        float values[n_rows][n_columns];
    };

    static DEVICE void load(Rows& rows, const Element* memory, int stride)
    {
        for (int i = 0; i < n_rows; ++i)
            load_bytes<words * 4, 16>(rows.values[i],
                                      memory + (lane_index() / lane_columns + i * lane_rows) * stride);
    }
    static DEVICE void load(Columns& columns, const Element* memory, int stride)
    {
        for (int i = 0; i < n_columns; ++i)
            load_bytes<words * 4, 16>(columns.values[i],
                                      memory + (lane_index() % lane_columns + i * lane_columns) * stride);
    }

    static DEVICE void multiply_add(Sums& sums, const Rows& rows, const Columns& columns)
    {
        for (int r = 0; r < n_rows; ++r)
            for (int c = 0; c < n_columns; ++c)
                for (int i = 0; i < words; ++i)
                    sums.values[r][c] =
                        multiply_words<Element>(rows.values[r][i], columns.values[c][i], sums.values[r][c]);
    }

    template <typename AnySums, typename Visitor> static DEVICE void visit(AnySums& sums, Visitor visitor)
    {
        for (int r = 0; r < n_rows; ++r)
            for (int c = 0; c < n_columns; ++c)
                visitor(lane_index() / lane_columns + r * lane_rows,
                        lane_index() % lane_columns + c * lane_columns, sums.values[r][c]);
    }
};

} // namespace rocmforge::device
