// Formats whose codes are the weights in units of one scale per block.
#pragma once

#include "backend/cpu/grouped_plain.h"
#include "backend/cpu/simd/quantized_codes.h"
#include "backend/cpu/simd/value_table.h"
#include "quant/q4.h"
#include "quant/q8_0.h"

namespace rocmforge::cpu {
namespace {

struct CodesQ4_0 : CodesBase {
    using CodesBase::CodesBase;
    using Block = BlockQ4_0;
    static constexpr int max_code = 15;
    static constexpr int offset = 8;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const { read_plane<4>(out, block, offsetof(Block, qs)); }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

struct CodesQ4_1 : CodesBase {
    using CodesBase::CodesBase;
    using Block = BlockQ4_1;
    static constexpr int max_code = 15;
    static constexpr bool has_min = true;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const { read_plane<4>(out, block, offsetof(Block, qs)); }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
    ROCMFORGE_INLINE Floats min(int, int) const { return halves(block, offsetof(Block, m)); }
};

template <typename Block> ROCMFORGE_INLINE void read_5_bits(Bytes* out, const std::byte* block)
{
    read_plane<4>(out, block, offsetof(Block, qs));
    add_bits<4>(out, quad(block, offsetof(Block, qh), 0));
}

struct CodesQ5_0 : CodesBase {
    using CodesBase::CodesBase;
    using Block = GroupedQ5_0;
    static constexpr int max_code = 31;
    static constexpr int offset = 16;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const { read_5_bits<Block>(out, block); }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
};

struct CodesQ5_1 : CodesBase {
    using CodesBase::CodesBase;
    using Block = GroupedQ5_1;
    static constexpr int max_code = 31;
    static constexpr bool has_min = true;

    ROCMFORGE_INLINE void codes(Bytes* out, int) const { read_5_bits<Block>(out, block); }
    ROCMFORGE_INLINE Floats scale(int, int) const { return halves(block, offsetof(Block, d)); }
    ROCMFORGE_INLINE Floats min(int, int) const { return halves(block, offsetof(Block, m)); }
};

struct CodesQ8_0 : CodesBase {
    using CodesBase::CodesBase;
    using Block = BlockQ8_0;
    static constexpr int max_code = max_byte_code;
    static constexpr int offset = byte_offset;

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

/// Two bits per weight: weight = d · (code - 1).
template <typename GroupedBlock> struct CodesTwoBits : CodesBase {
    using Block = GroupedBlock;
    static constexpr int groups = Block::weights / 32;
    static constexpr int max_code = 3;
    static constexpr int offset = 1;

    Floats d;
    CodesTwoBits() = default;
    ROCMFORGE_INLINE explicit CodesTwoBits(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        read_plane<2>(out, group_of<Block>(block, group), offsetof(typename Block::Group, qs));
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return d; }
};

/// Code 2 where bit `bit` of the index is set: four codes of a nibble without shifts.
constexpr ValueTable table_of_bit(int bit)
{
    int8_t values[16] = {};
    for (int i = 0; i < 16; ++i)
        values[i] = (i >> bit & 1) != 0 ? 2 : 0;
    return ValueTable(values, 0);
}
constexpr ValueTable q1_0_codes[] = {table_of_bit(0), table_of_bit(1), table_of_bit(2), table_of_bit(3)};

/// weight = d · (code - 1): a bit set is code 2.
struct CodesQ1_0 : CodesBase {
    using Block = GroupedQ1_0;
    static constexpr int groups = 4;
    static constexpr int max_code = 2;
    static constexpr int offset = 1;
    static constexpr bool in_bits = !has_lookup;

    Floats d;
    CodesQ1_0() = default;
    ROCMFORGE_INLINE explicit CodesQ1_0(const std::byte* b)
        : CodesBase(b)
        , d(halves(b, offsetof(Block, d)))
    {
    }
    ROCMFORGE_INLINE void codes(Bytes* out, int group) const
    {
        const Bytes bits = quad(group_of<Block>(block, group), offsetof(Block::Group, qs), 0);
        if constexpr (has_lookup) {
            const Bytes nibbles[2] = {bits & 15, shift_right(bits, 4) & 15};
            for (int q = 0; q < 8; ++q)
                out[q] = lookup(nibbles[q / 4], q1_0_codes[q % 4].codes);
        } else {
            out[0] = bits;
        }
    }
    ROCMFORGE_INLINE Floats scale(int, int) const { return d; }
};

} // namespace
} // namespace rocmforge::cpu
