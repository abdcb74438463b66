// Kernels in which one wave multiplies 16 rows by 16 columns as some machine does, for tests of layouts.
#include "kernels/device.h"

namespace rocmforge::device {

struct TileParameters {
    float* sums; ///< (row, column), 16 by 16
    int32_t* places; ///< (lane, i): 16 · row + column of a lane's sum i
    const float* a; ///< (row, k), 16 by depth
    const float* b; ///< (column, k), 16 by depth
    int32_t depth; ///< at most 64
};

template <typename Element> struct TileMemory {
    static constexpr int stride = 64 + 16 / int(sizeof(Element));
    Element a[16 * stride];
    Element b[16 * stride];
};

inline void assign(float& to, float value)
{
    to = value;
}
inline void assign(Half& to, float value)
{
    to = float_to_half(value);
}

template <typename Tile, typename Element> void multiply_tile(const TileParameters& p)
{
    auto& memory = local_memory<TileMemory<Element>>();
    constexpr int stride = TileMemory<Element>::stride;
    for (int i = thread_index(); i < 16 * p.depth; i += wave_size) {
        assign(memory.a[i / p.depth * stride + i % p.depth], p.a[i]);
        assign(memory.b[i / p.depth * stride + i % p.depth], p.b[i]);
    }
    barrier();
    typename Tile::Sums sums{};
    for (int k = 0; k < p.depth; k += Tile::depth) {
        typename Tile::Rows rows;
        typename Tile::Columns columns;
        Tile::load(rows, memory.a + k, stride);
        Tile::load(columns, memory.b + k, stride);
        Tile::multiply_add(sums, rows, columns);
    }
    int i = lane_index() * 8;
    Tile::visit(sums, [&](int row, int column, float sum) {
        p.sums[row * 16 + column] = sum;
        p.places[i++] = row * 16 + column;
    });
}

#define TILE_KERNEL(name, Tile, Element)                                                                     \
    KERNEL(tile_##name, TileParameters, wave_size)                                                           \
    {                                                                                                        \
        multiply_tile<Tile, Element>(p);                                                                     \
    }
TILE_KERNEL(lanes_f16, LaneTile<Half>, Half)
TILE_KERNEL(lanes_f32, LaneTile<float>, float)
#if ROCMFORGE_WAVE_SIZE == 32
TILE_KERNEL(wmma_gfx11, MatrixTile<WmmaGfx11>, Half)
TILE_KERNEL(wmma_gfx12, MatrixTile<WmmaGfx12>, Half)
TILE_KERNEL(mma_m16n8, MatrixTile<MmaM16N8>, Half)
#else
TILE_KERNEL(mfma, MatrixTile<Mfma>, Half)
#endif

} // namespace rocmforge::device
