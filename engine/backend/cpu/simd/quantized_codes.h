// How the integer kernels read each quantized format out of a panel's block: 32 weights of 16 rows
// at a time ("group") as unsigned codes, with
//   weight = scale · (code - offset) + min
// where a group has one scale per row, or two for its halves of 16.
#pragma once

#include "backend/cpu/grouped_blocks.h"
#include "quant/q4.h"
#include "quant/q8_0.h"

#include <stddef.h>

namespace rocmforge::cpu {
namespace {

/// The field at `offset` of a block, in a panel's block.
ROCMFORGE_INLINE const std::byte* field(const std::byte* block, size_t offset)
{
    return block + offset * 16;
}
ROCMFORGE_INLINE Floats halves(const std::byte* block, size_t offset)
{
    return load_halves(reinterpret_cast<const uint16_t*>(field(block, offset)));
}
/// Bytes 4 i … 4 i + 3 of a field of bytes.
ROCMFORGE_INLINE Bytes quad(const std::byte* block, size_t offset, int i)
{
    return load_bytes(field(block, offset) + 64 * i);
}

/// A K-quant's group in a panel's block: its fields' offsets count from here.
template <typename Block> ROCMFORGE_INLINE const std::byte* group_of(const std::byte* block, int group)
{
    return field(block, offsetof(Block, groups)) + group * int64_t{16 * sizeof(typename Block::Group)};
}

/// Quads 0 … 3 of a group in the low, 4 … 7 in the high halves of four times four bytes.
ROCMFORGE_INLINE void split_halves(Bytes* out, const std::byte* block, size_t offset)
{
    for (int i = 0; i < 4; ++i) {
        const Bytes pairs = quad(block, offset, i);
        out[i] = pairs & 15;
        out[i + 4] = shift_right(pairs, 4) & 15;
    }
}

/// What most formats have; each overrides what differs.
struct CodesBase {
    static constexpr int groups = 1; ///< of 32 weights per block
    static constexpr int scales_per_group = 1;
    static constexpr int offset_bits = 0; ///< offset = 2^offset_bits; 0 = no offset
    static constexpr bool has_min = false;
};

struct CodesQ4_0 : CodesBase {
    using Block = BlockQ4_0;
    static constexpr int max_code = 15;
    static constexpr int offset_bits = 3;

    const std::byte* block = nullptr;
    CodesQ4_0() = default;
    ROCMFORGE_INLINE explicit CodesQ4_0(const std::byte* b)
        : block(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int) const { split_halves(out, block, offsetof(Block, qs)); }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

struct CodesQ8_0 : CodesBase {
    using Block = BlockQ8_0;
    static constexpr int max_code = signed_codes ? 128 : 255;
    static constexpr int offset_bits = signed_codes ? 0 : 7;

    const std::byte* block = nullptr;
    CodesQ8_0() = default;
    ROCMFORGE_INLINE explicit CodesQ8_0(const std::byte* b)
        : block(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int) const
    {
        for (int i = 0; i < 8; ++i) {
            const Bytes values = quad(block, offsetof(Block, qs), i);
            if constexpr (signed_codes)
                out[i] = values;
            else
                out[i] = values ^ 0x80;
        }
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
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

    const std::byte* block = nullptr;
    KScales<Block> scales;
    CodesQ4_K() = default;
    ROCMFORGE_INLINE explicit CodesQ4_K(const std::byte* b)
        : block(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        split_halves(out, group_of<Block>(block, group), offsetof(Block::Group, qs));
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group) const { return scales.min(group); }
};

struct CodesQ5_K : CodesBase {
    using Block = GroupedQ5_K;
    static constexpr int groups = 8;
    static constexpr int max_code = 31;
    static constexpr bool has_min = true;

    const std::byte* block = nullptr;
    KScales<Block> scales;
    CodesQ5_K() = default;
    ROCMFORGE_INLINE explicit CodesQ5_K(const std::byte* b)
        : block(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const std::byte* g = group_of<Block>(block, group);
        split_halves(out, g, offsetof(Block::Group, qs));
        const Bytes high = quad(g, offsetof(Block::Group, qh), 0);
        for (int q = 0; q < 4; ++q)
            out[q] = out[q] | (shift_left(high, 4 - q) & 16);
        for (int q = 4; q < 8; ++q)
            out[q] = out[q] | (shift_right(high, q - 4) & 16);
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group) const { return scales.min(group); }
};

struct CodesQ6_K : CodesBase {
    using Block = GroupedQ6_K;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int max_code = 63;
    static constexpr int offset_bits = 5;

    const std::byte* block = nullptr;
    Floats d;
    CodesQ6_K() = default;
    ROCMFORGE_INLINE explicit CodesQ6_K(const std::byte* b)
        : block(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const std::byte* g = group_of<Block>(block, group);
        split_halves(out, g, offsetof(Block::Group, qs));
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
