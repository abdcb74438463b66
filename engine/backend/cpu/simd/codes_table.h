// Formats of four bits per weight that index a table of 16 values.
#pragma once

#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"
#include "quant/iq4.h"
#include "quant/mxfp4.h"
#include "quant/nvfp4.h"

namespace rocmforge::cpu {
namespace {

constexpr ValueTable iq4_codes(iq4_values, byte_offset);

struct CodesIQ4 : CodesBase {
    using CodesBase::CodesBase;
    static constexpr int max_code = max_byte_code;
    static constexpr int offset = byte_offset;
};

struct CodesIQ4_NL : CodesIQ4 {
    using CodesIQ4::CodesIQ4;
    using Block = BlockIQ4_NL;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const
    {
        read_plane<4>(out, block, offsetof(Block, qs));
        look_up(out, iq4_codes);
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

struct CodesIQ4_XS : CodesIQ4 {
    using Block = BlockIQ4_XS;
    static constexpr int groups = 8;

    Floats d, minus_32_d;
    Bytes low, high; ///< four and two bits of each group's scale
    CodesIQ4_XS() = default;
    ROCMFORGE_INLINE explicit CodesIQ4_XS(const std::byte* b)
        : CodesIQ4(b)
        , d(halves(b, offsetof(Block, d)))
        , minus_32_d(broadcast(-32.0f) * d)
        , low(quad(b, offsetof(Block, scales_l), 0))
        , high(load_shorts(reinterpret_cast<const uint16_t*>(field(b, offsetof(Block, scales_h)))))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<4>(out, block, offsetof(Block, qs) + 16 * static_cast<size_t>(group));
        look_up(out, iq4_codes);
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const
    {
        const Ints bits =
            bits_of_lanes(low, 4 * group, 15) + shift_left<4>(bits_of_lanes(high, 2 * group, 3));
        return fma(to_floats(bits), d, minus_32_d);
    }
};

/// E2M1 floats, doubled.
struct CodesE2M1 : CodesBase {
    using CodesBase::CodesBase;
    static constexpr int offset = 16;
    static constexpr int max_code = 16 + 12;
};
constexpr ValueTable e2m1_codes(e2m1_doubled, CodesE2M1::offset);

struct CodesMXFP4 : CodesE2M1 {
    using CodesE2M1::CodesE2M1;
    using Block = BlockMXFP4;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const
    {
        read_plane<4>(out, block, offsetof(Block, qs));
        look_up(out, e2m1_codes);
    }
    /// 2^(e - 128); the smallest, 2^-128, counts as zero.
    ROCMFORGE_INLINE Floats scale(int, int) const
    {
        const auto* exponents = reinterpret_cast<const uint8_t*>(field(block, offsetof(Block, e)));
        return floats_of_bits(shift_left<23>(load_unsigned_bytes(exponents))) * broadcast(0.5f);
    }
};

struct CodesNVFP4 : CodesE2M1 {
    using CodesE2M1::CodesE2M1;
    using Block = BlockNVFP4;
    static constexpr int groups = 2;
    static constexpr int scales_per_group = 2;

    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int half = 0; half < 2; ++half) // eight bytes of 16 weights each
            for (int i = 0; i < 2; ++i) {
                const Bytes pairs = quad(block, offsetof(Block, qs), 4 * group + 2 * half + i);
                out[4 * half + i] = pairs & 15;
                out[4 * half + 2 + i] = shift_right(pairs, 4) & 15;
            }
        look_up(out, e2m1_codes);
    }
    /// As ue4m3_half() does: the seven bits are those of a float with another bias of the exponent.
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = bits_of_lanes(quad(block, offsetof(Block, d), 0), 8 * (2 * group + half), 127);
        const Floats value = floats_of_bits(shift_left<20>(bits)) * broadcast(0x1p119f);
        // All bits set would be 240, the next lower is 224: the excess takes it back to zero.
        const Floats excess = max(value - broadcast(224.0f), broadcast(0.0f));
        return fma(excess, broadcast(-15.0f), value);
    }
};

} // namespace
} // namespace rocmforge::cpu
