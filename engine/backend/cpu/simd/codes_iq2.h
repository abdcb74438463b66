// IQ2 formats: three magnitudes and a sign per weight, in three bits.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"

namespace rocmforge::cpu {
namespace {

constexpr int8_t iq2_values[] = {8, 25, 43, 0, -8, -25, -43, 0};
constexpr int iq2_offset = 64;
constexpr ValueTable iq2_codes(iq2_values, iq2_offset);

/// weight = d · (scale + 1/2) / 4 · (code - offset), with one or two scales per group.
template <typename GroupedBlock, int n_scales> struct CodesIQ2 : CodesBase {
    using Block = GroupedBlock;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = n_scales;
    static constexpr int offset = iq2_offset;
    static constexpr int max_code = iq2_offset + 43;

    Floats d;
    CodesIQ2() = default;
    ROCMFORGE_INLINE explicit CodesIQ2(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_three_bits(out, group_of<Block>(block, group), offsetof(typename Block::Group, qs));
        look_up(out, iq2_codes);
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = nibble(block, offsetof(Block, scales), n_scales * group + half);
        return fma(to_floats(bits), d * broadcast(0.25f), d * broadcast(0.125f));
    }
};

} // namespace
} // namespace rocmforge::cpu
