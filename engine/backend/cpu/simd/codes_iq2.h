// IQ2 formats: six values per weight, in three bits.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"

namespace rocmforge::cpu {
namespace {

/// ±8, ±25 and ±43 plus the offset, from the numbers 1 … 6 that the grouped blocks give them.
constexpr int iq2_offset = 60;
constexpr auto iq2_code = [](auto index) { return index * 17 + (shift_right(index, 1) & 1); };

/// weight = d · (scale + 1/2) / 4 · (code - offset), with one or two scales per group.
template <typename GroupedBlock, int n_scales> struct CodesIQ2 : CodesBase {
    using Block = GroupedBlock;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = n_scales;
    static constexpr int offset = iq2_offset;
    static constexpr int max_code = iq2_offset + 43;

    Floats quarter_d, eighth_d;
    CodesIQ2() = default;
    ROCMFORGE_INLINE explicit CodesIQ2(const std::byte* b)
        : CodesBase(b)
        , quarter_d(halves(b, offsetof(Block, d)) * broadcast(0.25f))
        , eighth_d(quarter_d * broadcast(0.5f))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_three_bits(out, group_of<Block>(block, group), offsetof(typename Block::Group, qs),
                        [](Bytes index) ROCMFORGE_INLINE_LAMBDA { return look_up(index, iq2_code); });
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = nibble(block, offsetof(Block, scales), n_scales * group + half);
        return fma(to_floats(bits), quarter_d, eighth_d);
    }
};

} // namespace
} // namespace rocmforge::cpu
