// IQ3 formats: sixteen values per weight, in four bits.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"

#include <algorithm>

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
    template <typename F> ROCMFORGE_INLINE void read_codes(Bytes* out, int group, F code_of) const
    {
        read_plane<4>(out, group_of<Block>(block, group), offsetof(Block::Group, qs), code_of);
    }
    ROCMFORGE_INLINE Floats scale_bits(int group) const
    {
        return to_floats(nibble(block, offsetof(Block, scales), group));
    }
};

/// Half of ±4, ±12 … ±52 and ±62, plus the offset.
constexpr int iq3_xxs_offset = 45;
constexpr auto iq3_xxs_code = [](auto index) {
    using std::max, std::min;
    return index * 4 + min(index, 1) + max(index, 14);
};

/// weight = d · (scale + 1/2) · (code - offset)
struct CodesIQ3_XXS : CodesIQ3 {
    using CodesIQ3::CodesIQ3;
    static constexpr int offset = iq3_xxs_offset;
    static constexpr int max_code = iq3_xxs_offset + 31;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_codes(out, group,
                   [](Bytes index) ROCMFORGE_INLINE_LAMBDA { return look_up(index, iq3_xxs_code); });
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        return fma(scale_bits(group), d, d * broadcast(0.5f));
    }
};

/// weight = d · (4 scale + 2) · (code - 8 + 1/2): odd numbers times half of that.
struct CodesIQ3_S : CodesIQ3 {
    using CodesIQ3::CodesIQ3;
    static constexpr int offset = 8;
    static constexpr float shift = 0.5f;
    static constexpr int max_code = 15;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const { read_codes(out, group, AsTheyAre()); }
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        return fma(scale_bits(group), d * broadcast(4.0f), d + d);
    }
};

} // namespace
} // namespace rocmforge::cpu
