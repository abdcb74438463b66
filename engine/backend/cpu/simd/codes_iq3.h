// IQ3 formats: eight magnitudes and a sign per weight, in four bits.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"

namespace rocmforge::cpu {
namespace {

/// The group's codes and the four bits of its scale.
struct CodesIQ3 : CodesBase {
    using Block = GroupedIQ3;
    static constexpr int groups = 8;

    Floats d;
    CodesIQ3() = default;
    ROCMFORGE_INLINE explicit CodesIQ3(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void read_codes(Bytes* out, int group, const ValueTable& table) const
    {
        read_plane<4>(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
        look_up(out, table);
    }
    ROCMFORGE_INLINE Floats scale_bits(int group) const
    {
        return to_floats(nibble(block, offsetof(Block, scales), group));
    }
};

constexpr int8_t iq3_xxs_values[] = {4, 12, 20, 28, 36, 44, 52, 62, -4, -12, -20, -28, -36, -44, -52, -62};
constexpr int iq3_xxs_offset = 64;
constexpr ValueTable iq3_xxs_codes(iq3_xxs_values, iq3_xxs_offset);

/// weight = d · (scale + 1/2) / 2 · (code - offset)
struct CodesIQ3_XXS : CodesIQ3 {
    using CodesIQ3::CodesIQ3;
    static constexpr int offset = iq3_xxs_offset;
    static constexpr int max_code = iq3_xxs_offset + 62;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const { read_codes(out, group, iq3_xxs_codes); }
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        return fma(scale_bits(group), d * broadcast(0.5f), d * broadcast(0.25f));
    }
};

constexpr int8_t iq3_s_values[] = {1, 3, 5, 7, 9, 11, 13, 15, -1, -3, -5, -7, -9, -11, -13, -15};
constexpr int iq3_s_offset = 16;
constexpr ValueTable iq3_s_codes(iq3_s_values, iq3_s_offset);

/// weight = d · (2 scale + 1) · (code - offset)
struct CodesIQ3_S : CodesIQ3 {
    using CodesIQ3::CodesIQ3;
    static constexpr int offset = iq3_s_offset;
    static constexpr int max_code = iq3_s_offset + 15;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const { read_codes(out, group, iq3_s_codes); }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return fma(scale_bits(group), d + d, d); }
};

} // namespace
} // namespace rocmforge::cpu
