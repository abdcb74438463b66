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

/// Eight times what IQ1_S has in units of its scale: shifted up and, where bit 2 or bit 3 of the index
/// is set, down.
constexpr int8_t iq1_values[] = {-7, 1, 9, 0, -9, -1, 7, 0, -9, -1, 7};
constexpr int iq1_offset = 16;
constexpr ValueTable iq1_codes(iq1_values, iq1_offset);

struct CodesIQ1_M : CodesBase {
    using Block = GroupedIQ1_M;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int offset = iq1_offset;
    static constexpr int max_code = iq1_offset + 9;

    Floats d;
    CodesIQ1_M() = default;
    ROCMFORGE_INLINE explicit CodesIQ1_M(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<2>(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
        const Bytes down = replicate_bits(quad(block, offsetof(Block, shifts), 0), 4 * group);
        const Bytes first_half = shift_left(down, 2);
        for (int q = 0; q < 8; ++q) {
            const Bytes down_bit = (q < 4 ? first_half : down) & (q % 4 < 2 ? 4 : 8);
            out[q] = lookup(out[q] | down_bit, iq1_codes.codes);
        }
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = nibble(block, offsetof(Block, scales), 2 * group + half);
        return fma(to_floats(bits), d * broadcast(0.25f), d * broadcast(0.125f));
    }
};

} // namespace
} // namespace rocmforge::cpu
