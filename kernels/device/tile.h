// Matrix tiles: a wave multiplies 16 rows by 16 columns, as deep as the machine's instruction goes.
//
//     Tile<Half>::Rows rows; Tile<Half>::Columns columns; Tile<Half>::Sums sums{};
//     Tile<Half>::load(rows, a, stride);          // element (row, k) is a[row · stride + k]
//     Tile<Half>::load(columns, b, stride);       // element (column, k) is b[column · stride + k]
//     Tile<Half>::multiply_add(sums, rows, columns);   // over Tile<Half>::depth elements
//     Tile<Half>::visit(sums, [](int row, int column, float& sum) { … });
//
// a and b lie in local memory, each row at a multiple of 16 bytes. All lanes of the wave take part.
#pragma once

#include "kernels/device/lane_tile.h"
#include "kernels/device/tile_layouts.h"

namespace rocmforge::device {

/// What the lanes hold of a tile of halves for a matrix instruction. load_operand() and
/// multiply_operands() are the machine's.
template <typename Layout> struct MatrixTile {
    static constexpr int depth = 16;

    struct Operand {
        alignas(8) uint32_t halves[Layout::operand_size / 2];
    };
    using Rows = Operand;
    using Columns = Operand;
    struct Sums {
        float values[Layout::sum_size];
    };

    static DEVICE void load(Operand& operand, const Half* memory, int stride)
    {
        load_operand(Layout{}, operand.halves, memory, stride);
    }

    static DEVICE void multiply_add(Sums& sums, const Rows& rows, const Columns& columns)
    {
        multiply_operands(Layout{}, sums.values, rows.halves, columns.halves);
    }

    template <typename AnySums, typename Visitor> static DEVICE void visit(AnySums& sums, Visitor visitor)
    {
#pragma unroll
        for (int i = 0; i < Layout::sum_size; ++i) {
            const TilePlace place = Layout::sum(lane_index(), i);
            visitor(place.row, place.column, sums.values[i]);
        }
    }
};

} // namespace rocmforge::device

#if defined(__CUDACC__)
#include "kernels/device/nvidia_tile.h"
#elif defined(__HIP__)
#include "kernels/device/amd_tile.h"
#else
#include "kernels/device/host_tile.h"
#endif

namespace rocmforge::device {

template <typename Element> struct TileOf {
    using Type = LaneTile<Element>;
};
template <> struct TileOf<Half> {
    using Type = HalfTile;
};

/// The machine's tile for Half or float elements.
template <typename Element> using Tile = typename TileOf<Element>::Type;

} // namespace rocmforge::device
