// Formats of three values or magnitudes per weight in base three, which further bits may sign or shift.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"
#include "quant/ternary.h"

namespace rocmforge::cpu {
namespace {

/// The digits of a block's 52 bytes, laid out as in TQ1_0: quads 0 … 39 are the digits of the first 32
/// bytes, the next 20 those of the next 16 and the last four those of the last four.
struct Trits {
    Bytes minus_digits[64]; ///< by quad

    Trits() = default;
    ROCMFORGE_INLINE explicit Trits(const std::byte* bytes)
    {
        for (int i = 0; i < 8; ++i)
            split<5, 8>(i, bytes + 64 * i);
        for (int i = 0; i < 4; ++i)
            split<5, 4>(40 + i, bytes + 64 * (8 + i));
        split<4, 1>(60, bytes + 64 * 12);
    }
    /// a + the digits of a quad of a group.
    [[nodiscard]] ROCMFORGE_INLINE Bytes add(Bytes a, int group, int q) const
    {
        return a - minus_digits[8 * group + q];
    }

private:
    /// The digits of four bytes per lane to every `stride`-th quad.
    template <int n_digits, int stride> ROCMFORGE_INLINE void split(int quad, const std::byte* bytes)
    {
        Bytes rest = load_bytes(bytes) ^ 128;
        for (int i = 0; i < n_digits; ++i) {
            minus_digits[quad + i * stride] = minus_first_trit(rest);
            rest = next_trits(rest);
        }
    }
};

/// Of a plane's bits those of a quad, in bit 2 of even and bit 3 of odd quads.
ROCMFORGE_INLINE Bytes sign_bits(Bytes plane, int quad)
{
    const Bytes shifted = quad < 2 ? shift_left(plane, 2) : shift_right(plane, quad / 2 * 2 - 2);
    return shifted & (quad % 2 == 0 ? 4 : 8);
}

struct CodesTQ1_0 : CodesBase {
    using Block = BlockTQ1_0;
    static constexpr int groups = 8;
    static constexpr int max_code = 2;
    static constexpr int offset = 1;

    Trits trits;
    CodesTQ1_0() = default;
    ROCMFORGE_INLINE explicit CodesTQ1_0(const std::byte* b)
        : CodesBase(b)
        , trits(field(b, offsetof(Block, qs)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int q = 0; q < 8; ++q)
            out[q] = trits.add(zero_bytes(), group, q);
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

/// A grouped block's trits and d.
template <typename GroupedBlock> struct CodesTrits : CodesBase {
    using Block = GroupedBlock;
    static constexpr int groups = 8;

    Floats d;
    Trits trits;
    CodesTrits() = default;
    ROCMFORGE_INLINE explicit CodesTrits(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
        , trits(field(b, offsetof(Block, trits)))
    {
    }
    /// Four bits of `scales`, of 32 weights or of their halves.
    ROCMFORGE_INLINE Ints nibble(int group) const
    {
        return bits_of_lanes(quad(block, offsetof(Block, scales), 0), 4 * group, 15);
    }
    ROCMFORGE_INLINE Ints nibble(int group, int half) const
    {
        const Bytes scales = quad(block, offsetof(Block, scales), group / 4);
        return bits_of_lanes(scales, 8 * (group % 4) + 4 * half, 15);
    }
};

/// weight = scale · (trit - 1 + 1/8), as the grouped block has it.
struct CodesIQ1_S : CodesTrits<GroupedIQ1_S> {
    using CodesTrits::CodesTrits;
    static constexpr int max_code = 2;
    static constexpr int offset = 1;
    static constexpr float shift = 0.125f;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int q = 0; q < 8; ++q)
            out[q] = trits.add(zero_bytes(), group, q);
    }
    /// Odd numbers from -15 to 15 times d.
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        return fma(to_floats(nibble(group)), d + d, d * broadcast(-15.0f));
    }
};

/// Eight times what IQ1_S has in units of its scale: shifted up and, where bit 2 or bit 3 of the index
/// is set, down.
constexpr int8_t iq1_values[] = {-7, 1, 9, 0, -9, -1, 7, 0, -9, -1, 7};
constexpr int iq1_offset = 16;
constexpr ValueTable iq1_codes(iq1_values, iq1_offset);

struct CodesIQ1_M : CodesTrits<GroupedIQ1_M> {
    using CodesTrits::CodesTrits;
    static constexpr int scales_per_group = 2;
    static constexpr int offset = iq1_offset;
    static constexpr int max_code = iq1_offset + 9;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const Bytes down = replicate_bits(quad(block, offsetof(Block, shifts), 0), 4 * group);
        const Bytes first_half = shift_left(down, 2);
        for (int q = 0; q < 8; ++q) {
            const Bytes down_bit = (q < 4 ? first_half : down) & (q % 4 < 2 ? 4 : 8);
            out[q] = lookup(trits.add(down_bit, group, q), iq1_codes.codes);
        }
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        return fma(to_floats(nibble(group, half)), d * broadcast(0.25f), d * broadcast(0.125f));
    }
};

/// The magnitudes of the IQ2 formats, negative where bit 2 or bit 3 of the index is set.
constexpr int8_t iq2_values[] = {8, 25, 43, 0, -8, -25, -43, 0, -8, -25, -43};
constexpr int iq2_offset = 64;
constexpr ValueTable iq2_codes(iq2_values, iq2_offset);

/// weight = d · (scale + 1/2) / 4 · (code - offset), with one or two scales per group.
template <typename GroupedBlock, int n_scales> struct CodesIQ2 : CodesTrits<GroupedBlock> {
    using Base = CodesTrits<GroupedBlock>;
    using Base::Base;
    static constexpr int scales_per_group = n_scales;
    static constexpr int offset = iq2_offset;
    static constexpr int max_code = iq2_offset + 43;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const Bytes signs = quad(this->block, offsetof(GroupedBlock, signs), group);
        for (int q = 0; q < 8; ++q)
            out[q] = lookup(this->trits.add(sign_bits(signs, q), group, q), iq2_codes.codes);
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = n_scales == 1 ? this->nibble(group) : this->nibble(group, half);
        return fma(to_floats(bits), this->d * broadcast(0.25f), this->d * broadcast(0.125f));
    }
};

} // namespace
} // namespace rocmforge::cpu
