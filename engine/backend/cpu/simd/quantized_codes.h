// How the integer kernels read each quantized format out of a panel's block: 32 weights of 16 rows
// at a time ("group") as unsigned codes, with
//   weight = scale · (code - offset) + min
// where a group has one scale per row, or two for its halves of 16.
#pragma once

#include "quant/q4.h"
#include "quant/q4_k.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"
#include "quant/q8_0.h"

#include <stddef.h>

namespace rocmforge::cpu {
namespace {

/// The field at `offset` of a format's Block, in a panel's block.
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

    const std::byte* block;
    ROCMFORGE_INLINE explicit CodesQ4_0(const std::byte* b)
        : block(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int) const
    {
        for (int i = 0; i < 4; ++i) {
            const Bytes pairs = quad(block, offsetof(Block, qs), i);
            out[i] = pairs & 15;
            out[i + 4] = shift_right(pairs, 4) & 15;
        }
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

struct CodesQ8_0 : CodesBase {
    using Block = BlockQ8_0;
    static constexpr int max_code = signed_codes ? 128 : 255;
    static constexpr int offset_bits = signed_codes ? 0 : 7;

    const std::byte* block;
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
    using Block = BlockQ4_K;
    static constexpr int groups = 8;
    static constexpr int max_code = 15;
    static constexpr bool has_min = true;

    const std::byte* block;
    KScales<Block> scales;
    ROCMFORGE_INLINE explicit CodesQ4_K(const std::byte* b)
        : block(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int i = 0; i < 8; ++i)
            out[i] = shift_right(quad(block, offsetof(Block, qs), group / 2 * 8 + i), group % 2 * 4) & 15;
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group) const { return scales.min(group); }
};

struct CodesQ5_K : CodesBase {
    using Block = BlockQ5_K;
    static constexpr int groups = 8;
    static constexpr int max_code = 31;
    static constexpr bool has_min = true;

    const std::byte* block;
    KScales<Block> scales;
    ROCMFORGE_INLINE explicit CodesQ5_K(const std::byte* b)
        : block(b)
        , scales(b)
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        for (int i = 0; i < 8; ++i) {
            const Bytes low = quad(block, offsetof(Block, qs), group / 2 * 8 + i);
            const Bytes high = shift_right(quad(block, offsetof(Block, qh), i), group) & 1;
            out[i] = (shift_right(low, group % 2 * 4) & 15) | shift_left(high, 4);
        }
    }
    ROCMFORGE_INLINE Floats scale(int group, int) const { return scales.scale(group); }
    ROCMFORGE_INLINE Floats min(int group) const { return scales.min(group); }
};

struct CodesQ6_K : CodesBase {
    using Block = BlockQ6_K;
    static constexpr int groups = 8;
    static constexpr int scales_per_group = 2;
    static constexpr int max_code = 63;
    static constexpr int offset_bits = 5;

    const std::byte* block;
    Floats d;
    ROCMFORGE_INLINE explicit CodesQ6_K(const std::byte* b)
        : block(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const int low_quad = group / 4 * 16 + group % 2 * 8;
        for (int i = 0; i < 8; ++i) {
            const Bytes low = quad(block, offsetof(Block, ql), low_quad + i);
            const Bytes high = quad(block, offsetof(Block, qh), group / 4 * 8 + i);
            out[i] = (shift_right(low, group % 4 / 2 * 4) & 15)
                | shift_left(shift_right(high, group % 4 * 2) & 3, 4);
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
