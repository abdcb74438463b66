// The matrix instructions of AMD GPUs.
#pragma once

namespace rocmforge::device {

/// All layouts give a lane consecutive elements of one row.
template <typename Layout, int Words>
DEVICE inline void load_operand(Layout, uint32_t (&halves)[Words], const Half* memory, int stride)
{
    constexpr int alignment = Words * 4 < 16 ? Words * 4 : 16;
    const TilePlace first = Layout::operand(lane_index(), 0);
    const void* from = memory + first.row * stride + first.column;
    __builtin_memcpy(halves, __builtin_assume_aligned(from, alignment), sizeof(halves));
}

template <int N> using HalfVector = _Float16 __attribute__((ext_vector_type(N)));
template <int N> using FloatVector = float __attribute__((ext_vector_type(N)));

template <typename To, typename From> DEVICE inline void assign_bits(To& to, const From& from)
{
    static_assert(sizeof(To) == sizeof(From));
    __builtin_memcpy(&to, &from, sizeof(to));
}

#if defined(__GFX11__)
DEVICE inline void multiply_operands(WmmaGfx11, float (&sums)[8], const uint32_t (&a)[8],
                                     const uint32_t (&b)[8])
{
    const auto product = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(__builtin_bit_cast(HalfVector<16>, a),
                                                                    __builtin_bit_cast(HalfVector<16>, b),
                                                                    __builtin_bit_cast(FloatVector<8>, sums));
    assign_bits(sums, product);
}
using HalfTile = MatrixTile<WmmaGfx11>;

#elif defined(__GFX12__)
DEVICE inline void multiply_operands(WmmaGfx12, float (&sums)[8], const uint32_t (&a)[4],
                                     const uint32_t (&b)[4])
{
    const auto product = __builtin_amdgcn_wmma_f32_16x16x16_f16_w32_gfx12(
        __builtin_bit_cast(HalfVector<8>, a), __builtin_bit_cast(HalfVector<8>, b),
        __builtin_bit_cast(FloatVector<8>, sums));
    assign_bits(sums, product);
}
using HalfTile = MatrixTile<WmmaGfx12>;

#elif defined(__gfx908__) || defined(__gfx90a__) || defined(__gfx942__)
DEVICE inline void multiply_operands(Mfma, float (&sums)[4], const uint32_t (&a)[2], const uint32_t (&b)[2])
{
    const auto product = __builtin_amdgcn_mfma_f32_16x16x16f16(
        __builtin_bit_cast(HalfVector<4>, a), __builtin_bit_cast(HalfVector<4>, b),
        __builtin_bit_cast(FloatVector<4>, sums), 0, 0, 0);
    assign_bits(sums, product);
}
using HalfTile = MatrixTile<Mfma>;

#else
using HalfTile = LaneTile<Half>;
#endif

} // namespace rocmforge::device
