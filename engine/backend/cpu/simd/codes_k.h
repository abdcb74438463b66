// K-quants, read from their grouped blocks.
#pragma once

#include "backend/cpu/grouped_blocks.h"
#include "backend/cpu/simd/quantized_codes.h"

namespace rocmforge::cpu {
namespace {

struct CodesQ2_K : CodesBase {
    using Block = GroupedQ2_K;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int max_code = 3;
    static constexpr bool has_min = true;

    Floats d, minus_dmin;
    CodesQ2_K() = default;
    ROCMFORGE_INLINE explicit CodesQ2_K(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
        , minus_dmin(broadcast(0.0f) - halves(b, offsetof(Block, dmin)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<2>(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
    }
    /// The low or high four bits of a scale's byte.
    ROCMFORGE_INLINE Floats nibble(int group, int half, int first_bit) const
    {
        const Bytes scales = quad(block, offsetof(Block, scales), group / 2);
        return to_floats(bits_of_lanes(scales, 16 * (group % 2) + 8 * half + first_bit, 15));
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const { return nibble(group, half, 0) * d; }
    ROCMFORGE_INLINE Floats min(int group, int half) const { return nibble(group, half, 4) * minus_dmin; }
};

struct CodesQ3_K : CodesBase {
    using Block = GroupedQ3_K;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int max_code = 7;
    static constexpr int offset = 4;

    Floats d, minus_32_d;
    Bytes scales[4]; ///< four each
    CodesQ3_K() = default;
    ROCMFORGE_INLINE explicit CodesQ3_K(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
        , minus_32_d(broadcast(-32.0f) * d)
    {
        const Bytes low_first = quad(b, offsetof(Block, scales), 0);
        const Bytes low_second = quad(b, offsetof(Block, scales), 1);
        const Bytes high = quad(b, offsetof(Block, scales), 2);
        scales[0] = (low_first & 15) | (shift_left(high, 4) & 48);
        scales[1] = (low_second & 15) | (shift_left(high, 2) & 48);
        scales[2] = (shift_right(low_first, 4) & 15) | (high & 48);
        scales[3] = (shift_right(low_second, 4) & 15) | (shift_right(high, 2) & 48);
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_three_bits(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const Ints bits = byte_of_lanes(scales[group / 2], 2 * (group % 2) + half);
        return fma(to_floats(bits), d, minus_32_d);
    }
};

/// The scales and mins of Q4_K and Q5_K, unpacked four groups to a vector.
template <typename KBlock> struct KScales {
    Floats d, minus_dmin;
    Bytes scales[2], mins[2];

    KScales() = default;
    ROCMFORGE_INLINE explicit KScales(const std::byte* block)
        : d(halves(block, offsetof(KBlock, d)))
        , minus_dmin(broadcast(0.0f) - halves(block, offsetof(KBlock, dmin)))
    {
        const Bytes a = quad(block, offsetof(KBlock, scales), 0);
        const Bytes b = quad(block, offsetof(KBlock, scales), 1);
        const Bytes c = quad(block, offsetof(KBlock, scales), 2);
        scales[0] = a & 63;
        mins[0] = b & 63;
        scales[1] = (c & 15) | (shift_right(a, 2) & 48);
        mins[1] = (shift_right(c, 4) & 15) | (shift_right(b, 2) & 48);
    }
    ROCMFORGE_INLINE Floats scale(int group) const
    {
        return to_floats(byte_of_lanes(scales[group / 4], group % 4)) * d;
    }
    ROCMFORGE_INLINE Floats min(int group) const
    {
        return to_floats(byte_of_lanes(mins[group / 4], group % 4)) * minus_dmin;
    }
};

struct CodesQ4_K : CodesBase {
    using Block = GroupedQ4_K;
    static constexpr int groups = 8;
    static constexpr int max_code = 15;
    static constexpr bool has_min = true;

    KScales<Block> scales;
    CodesQ4_K() = default;
    ROCMFORGE_INLINE explicit CodesQ4_K(const std::byte* b)
        : CodesBase(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<4>(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group, int) const { return scales.min(group); }
};

struct CodesQ5_K : CodesBase {
    using Block = GroupedQ5_K;
    static constexpr int groups = 8;
    static constexpr int max_code = 31;
    static constexpr bool has_min = true;

    KScales<Block> scales;
    CodesQ5_K() = default;
    ROCMFORGE_INLINE explicit CodesQ5_K(const std::byte* b)
        : CodesBase(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const std::byte* g = group_of<Block>(block, group);
        read_plane<4>(out, g, offsetof(Block::Group, qs));
        add_bits<4>(out, quad(g, offsetof(Block::Group, qh), 0));
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group, int) const { return scales.min(group); }
};

struct CodesQ6_K : CodesBase {
    using Block = GroupedQ6_K;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int max_code = 63;
    static constexpr int offset = 32;

    Floats d;
    CodesQ6_K() = default;
    ROCMFORGE_INLINE explicit CodesQ6_K(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const std::byte* g = group_of<Block>(block, group);
        read_plane<4>(out, g, offsetof(Block::Group, qs));
        for (int h = 0; h < 2; ++h) {
            const Bytes high = quad(g, offsetof(Block::Group, qh), h);
            out[2 * h] = out[2 * h] | (shift_left(high, 4) & 48);
            out[2 * h + 1] = out[2 * h + 1] | (shift_left(high, 2) & 48);
            out[2 * h + 4] = out[2 * h + 4] | (high & 48);
            out[2 * h + 5] = out[2 * h + 5] | (shift_right(high, 2) & 48);
        }
    }
    ROCMFORGE_INLINE Floats scale(int group, int half) const
    {
        const std::byte* scales = field(block, offsetof(Block, scales)) + (2 * group + half) * 16;
        return to_floats(load_signed_bytes(reinterpret_cast<const int8_t*>(scales))) * d;
    }
};

} // namespace
} // namespace rocmforge::cpu
