// Formats of three values or magnitudes per weight in base three, which further bits may sign or shift.
#pragma once

#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"
#include "quant/ternary.h"

namespace rocmforge::cpu {
namespace {

/// The digits of a block's 52 bytes, laid out as in TQ1_0: groups 0 … 4 are the digits of the first 32
/// bytes, the halves of groups 5, 6 and 7 those of the next 16 and of the last four.
struct Trits {
    Bytes rest[8]; ///< without the digits already taken

    /// Adds a group's digits to eight quads. Groups 0 … 7 must be taken one after the other.
    ROCMFORGE_INLINE void add(Bytes* out, const std::byte* bytes, int group)
    {
        if (group == 0)
            load(bytes, 8);
        if (group < 5)
            return take(out, 8);
        if (group == 5)
            load(bytes + 8 * 64, 4);
        take(out, 4);
        if (group < 7)
            return take(out + 4, 4);
        load(bytes + 12 * 64, 1);
        for (int q = 4; q < 8; ++q)
            take(out + q, 1);
    }

private:
    ROCMFORGE_INLINE void load(const std::byte* bytes, int n)
    {
        for (int i = 0; i < n; ++i)
            rest[i] = load_bytes(bytes + 64 * i) ^ 128;
    }
    ROCMFORGE_INLINE void take(Bytes* out, int n)
    {
        for (int i = 0; i < n; ++i) {
            out[i] = add_first_trit(out[i], rest[i]);
            rest[i] = next_trits(rest[i]);
        }
    }
};

ROCMFORGE_INLINE void clear(Bytes* out)
{
    for (int q = 0; q < 8; ++q)
        out[q] = zero_bytes();
}

struct CodesTQ1_0 : CodesBase {
    using CodesBase::CodesBase;
    using Block = BlockTQ1_0;
    static constexpr int groups = 8;
    static constexpr int max_code = 2;
    static constexpr int offset = 1;

    Trits trits;
    ROCMFORGE_INLINE void codes(Bytes* out, int group)
    {
        clear(out);
        trits.add(out, field(block, offsetof(Block, qs)), group);
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
    {
    }
    ROCMFORGE_INLINE void add_trits(Bytes* out, int group)
    {
        trits.add(out, field(block, offsetof(Block, trits)), group);
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

/// weight = d · (2 scale + 1) · (trit - 1 ± 1/8): the shift goes into the min.
struct CodesIQ1_S : CodesTrits<GroupedIQ1_S> {
    using CodesTrits::CodesTrits;
    static constexpr int max_code = 2;
    static constexpr bool has_min = true;

    ROCMFORGE_INLINE void codes(Bytes* out, int group)
    {
        clear(out);
        add_trits(out, group);
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        const Ints bits = bits_of_lanes(quad(block, offsetof(Block, scales), 0), 4 * group, 7);
        return fma(to_floats(bits), d + d, d);
    }
    ROCMFORGE_INLINE Floats min(int group, int half) const
    {
        const Ints down = bits_of_lanes(quad(block, offsetof(Block, scales), 0), 4 * group + 3, 1);
        const Floats shift = fma(to_floats(down), broadcast(-0.25f), broadcast(-0.875f));
        return scale(group, half) * shift;
    }
};

/// Eight times what IQ1_S has in units of its scale, shifted up and, from index 4 on, down.
constexpr int8_t iq1_values[] = {-7, 1, 9, 0, -9, -1, 7};
constexpr int iq1_offset = 16;
constexpr ValueTable iq1_codes(iq1_values, iq1_offset);

struct CodesIQ1_M : CodesTrits<GroupedIQ1_M> {
    using CodesTrits::CodesTrits;
    static constexpr int scales_per_group = 2;
    static constexpr int offset = iq1_offset;
    static constexpr int max_code = iq1_offset + 9;

    ROCMFORGE_INLINE void codes(Bytes* out, int group)
    {
        const Bytes down = quad(block, offsetof(Block, shifts), 0);
        for (int octet = 0; octet < 4; ++octet)
            out[2 * octet] = out[2 * octet + 1] = lanes_with_bit(down, 4 * group + octet) & 4;
        add_trits(out, group);
        look_up(out, iq1_codes);
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        return fma(to_floats(nibble(group, half)), d * broadcast(0.25f), d * broadcast(0.125f));
    }
};

/// The magnitudes of the IQ2 formats, and from index 4 on the same negative.
constexpr int8_t iq2_values[] = {8, 25, 43, 0, -8, -25, -43};
constexpr int iq2_offset = 64;
constexpr ValueTable iq2_codes(iq2_values, iq2_offset);

/// weight = d · (scale + 1/2) / 4 · (code - offset), with one or two scales per group.
template <typename GroupedBlock, int n_scales> struct CodesIQ2 : CodesTrits<GroupedBlock> {
    using Base = CodesTrits<GroupedBlock>;
    using Base::Base;
    static constexpr int scales_per_group = n_scales;
    static constexpr int offset = iq2_offset;
    static constexpr int max_code = iq2_offset + 43;

    ROCMFORGE_INLINE void codes(Bytes* out, int group)
    {
        spread_bits<2>(out, quad(this->block, offsetof(GroupedBlock, signs), group));
        this->add_trits(out, group);
        look_up(out, iq2_codes);
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = n_scales == 1 ? this->nibble(group) : this->nibble(group, half);
        return fma(to_floats(bits), this->d * broadcast(0.25f), this->d * broadcast(0.125f));
    }
};

} // namespace
} // namespace rocmforge::cpu
