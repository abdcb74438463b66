// IQ1 formats: values -1, 0 and 1 in two bits, shifted by an eighth.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"

namespace rocmforge::cpu {
namespace {

/// weight = scale · (code - 1 + 1/8), as the grouped block has it.
struct CodesIQ1_S : CodesBase {
    using Block = GroupedIQ1_S;
    static constexpr int groups = 8;
    static constexpr int max_code = 2;
    static constexpr int offset = 1;
    static constexpr float shift = 0.125f;

    Floats d;
    CodesIQ1_S() = default;
    ROCMFORGE_INLINE explicit CodesIQ1_S(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<2>(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
    }
    /// Odd numbers from -15 to 15 times d.
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        const Ints bits = nibble(block, offsetof(Block, scales), group);
        return fma(to_floats(bits), d + d, d * broadcast(-15.0f));
    }
};

/// Eight times what IQ1_S has in units of its scale, shifted down. An index has two values, of two bits
/// each: a table for the first and one for the second.
constexpr int8_t iq1_first_values[] = {-9, -1, 7, 0, -9, -1, 7, 0, -9, -1, 7, 0, -9, -1, 7, 0};
constexpr int8_t iq1_second_values[] = {-9, -9, -9, -9, -1, -1, -1, -1, 7, 7, 7, 7, 0, 0, 0, 0};
constexpr int iq1_offset = 10;
constexpr ValueTable iq1_first_codes(iq1_first_values, iq1_offset);
constexpr ValueTable iq1_second_codes(iq1_second_values, iq1_offset);

/// weight = d / 8 · scale · (code - offset), with octets shifted up by 2.
struct CodesIQ1_M : CodesBase {
    using Block = GroupedIQ1_M;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr bool has_scale_pairs = true;
    static constexpr bool raises_octets = true;
    static constexpr int max_code = iq1_offset + 7;
    static constexpr int offset = iq1_offset;

    Floats eighth_d;
    CodesIQ1_M() = default;
    ROCMFORGE_INLINE explicit CodesIQ1_M(const std::byte* b)
        : CodesBase(b)
        , eighth_d(halves(b, offsetof(Block, d)) * broadcast(0.125f))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int i = 0; i < 2; ++i) {
            const Bytes packed = quad(group_of<Block>(block, group), offsetof(Block::Group, qs), i);
            if constexpr (has_lookup) {
                const Bytes pairs[] = {packed & 15, shift_right(packed, 4) & 15};
                for (int half = 0; half < 2; ++half) {
                    out[4 * half + i] = lookup(pairs[half], iq1_first_codes.codes);
                    out[4 * half + 2 + i] = lookup(pairs[half], iq1_second_codes.codes);
                }
            } else {
                out[i] = code_of(shift_left(packed, 3));
                out[2 + i] = code_of(shift_left(packed, 1));
                out[4 + i] = code_of(shift_right(packed, 1));
                out[6 + i] = code_of(shift_right(packed, 3));
            }
        }
    }
    /// The table's 1, 9 or 17 of an index in bits 3 and 4.
    ROCMFORGE_INLINE static Bytes code_of(Bytes index) { return (index & 24) ^ 1; }
    ROCMFORGE_INLINE Bytes raised_octets(int group, int half) const
    {
        return bits_of_shorts(quad(block, offsetof(Block, shifts), 0), 2 * group + half, 1);
    }
    ROCMFORGE_INLINE Bytes scale_pair(int group) const
    {
        return bits_of_shorts(quad(block, offsetof(Block, scales), group / 4), group % 4 * 4, 15);
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return eighth_d; }
};

} // namespace
} // namespace rocmforge::cpu
