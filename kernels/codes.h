// Weights as whole numbers, for integer dot products with activations rounded to 8 bits. A lane takes a
// part of a block at a time: groups of codes, four to a word, each with a scale and a minimum:
// weight = scale · code - minimum.
#pragma once

#include "kernels/byte_table.h"
#include "kernels/matrix.h"

namespace rocmforge::device {

enum class Minimum { zero, any };

template <int Groups, int Words, Minimum Kind> struct CodeGroups {
    static constexpr int groups = Groups;
    static constexpr int words = Words; ///< of four codes, per group
    static constexpr bool has_minimum = Kind == Minimum::any;
    static constexpr int loads_at_once = 2; ///< parts, or rows of a pair of matrices: as registers allow
    int codes[Groups][Words];
    float scale[Groups];
    float minimum[Groups];
};

/// 32 weights: the block.
template <Minimum Kind> struct WholeBlock : CodeGroups<1, 8, Kind> {
    static constexpr int parts = 1;
    static DEVICE int first_weight(int, int) { return 0; }
};

/// 32 weights with two scales: an eighth of a block.
template <Minimum Kind> struct EighthOfBlock : CodeGroups<2, 4, Kind> {
    static constexpr int parts = 8;
    static DEVICE int first_weight(int part, int group) { return part * 32 + group * 16; }
};

/// codes = the low four bits of each byte of `bytes` from bit `shift` on.
template <int Words>
DEVICE inline void unpack_nibbles(int (&codes)[Words], const int (&bytes)[Words], int shift)
{
    for (int i = 0; i < Words; ++i)
        codes[i] = (bytes[i] >> shift) & 0x0f0f0f0f;
}

/// Takes N from each byte, all of which are below 128: bit 7 lends, and comes back as the sign.
template <uint32_t N> DEVICE inline int minus(int bytes)
{
    const uint32_t lent = static_cast<uint32_t>(bytes) | 0x80808080u;
    return static_cast<int>((lent - N * 0x01010101u) ^ 0x80808080u);
}

/// Bit 4 of byte i = bit i of `bits`, for the low four.
DEVICE inline int fifth_bits(uint32_t bits)
{
    return static_cast<int>((bits & 15u) * 0x00204081u & 0x01010101u) << 4;
}

template <typename Block> struct Codes;

/// Codes of 32 weights, the second half of which are the high halves of 16 bytes.
template <int Alignment> DEVICE inline void load_nibbles(int (&codes)[8], const uint8_t* qs)
{
    int bytes[4];
    load_bytes<16, Alignment>(bytes, qs);
    for (int i = 0; i < 4; ++i) {
        codes[i] = bytes[i] & 0x0f0f0f0f;
        codes[i + 4] = (bytes[i] >> 4) & 0x0f0f0f0f;
    }
}

template <> struct Codes<BlockQ4_0> : WholeBlock<Minimum::any> {
    DEVICE void load(const FieldsQ4_0& block, int)
    {
        load_nibbles<16>(codes[0], block.qs);
        scale[0] = half_to_float(block.d);
        minimum[0] = 8.0f * scale[0];
    }
};

template <> struct Codes<BlockQ4_1> : WholeBlock<Minimum::any> {
    DEVICE void load(const BlockQ4_1& block, int)
    {
        load_nibbles<4>(codes[0], block.qs);
        scale[0] = half_to_float(block.d);
        minimum[0] = -half_to_float(block.m);
    }
};

/// Blocks of Q5_0 and Q5_1, aligned to so many bytes.
template <int Alignment, typename Block> DEVICE inline void load_q5(int (&codes)[8], const Block& block)
{
    uint32_t high;
    load_bytes<4, Alignment>(&high, block.qh);
    load_nibbles<Alignment>(codes, block.qs);
    for (int i = 0; i < 8; ++i)
        codes[i] |= fifth_bits(high >> (4 * i));
}

template <> struct Codes<BlockQ5_0> : WholeBlock<Minimum::any> {
    DEVICE void load(const BlockQ5_0& block, int)
    {
        load_q5<2>(codes[0], block);
        scale[0] = half_to_float(block.d);
        minimum[0] = 16.0f * scale[0];
    }
};

template <> struct Codes<BlockQ5_1> : WholeBlock<Minimum::any> {
    DEVICE void load(const BlockQ5_1& block, int)
    {
        load_q5<4>(codes[0], block);
        scale[0] = half_to_float(block.d);
        minimum[0] = -half_to_float(block.m);
    }
};

/// Codes are the values that nibbles stand for.
template <int Alignment>
DEVICE inline void load_values(int (&codes)[8], const uint8_t* qs, const ByteTable& values)
{
    load_nibbles<Alignment>(codes, qs);
    for (int& code : codes)
        code = look_up(values, code);
}

template <> struct Codes<BlockIQ4_NL> : WholeBlock<Minimum::zero> {
    DEVICE void load(const BlockIQ4_NL& block, int)
    {
        load_values<2>(codes[0], block.qs, iq4_table());
        scale[0] = half_to_float(block.d);
    }
};

/// 32 weights: an eighth of a block.
template <> struct Codes<BlockIQ4_XS> : CodeGroups<1, 8, Minimum::zero> {
    static constexpr int parts = 8;
    static DEVICE int first_weight(int part, int) { return part * 32; }

    DEVICE void load(const BlockIQ4_XS& block, int part)
    {
        load_values<8>(codes[0], block.qs + part * 16, iq4_table());
        uint32_t head[2]; // d, scales_h and scales_l
        load_bytes<8, 8>(head, &block);
        const uint32_t low = head[1] >> (4 * part) & 15u, high = head[0] >> (16 + 2 * part) & 3u;
        scale[0] = half_to_float(static_cast<uint16_t>(head[0]))
            * static_cast<float>(static_cast<int>(low | high << 4) - 32);
    }
};

template <> struct Codes<BlockMXFP4> : WholeBlock<Minimum::zero> {
    DEVICE void load(const BlockMXFP4& block, int)
    {
        load_values<1>(codes[0], block.qs, e2m1_table());
        scale[0] = e8m0_half(block.e);
    }
};

template <> struct Codes<BlockQ8_0> : WholeBlock<Minimum::zero> {
    DEVICE void load(const FieldsQ8_0& block, int)
    {
        load_bytes<32, 16>(codes[0], block.qs);
        scale[0] = half_to_float(block.d);
    }
};

/// The beginning of a block of Q4_K or Q5_K: d, dmin and the 6-bit scales and minimums (see k_scales.h),
/// in registers.
struct KScales {
    uint32_t words[4];

    template <typename Block> DEVICE explicit KScales(const Block& block)
    {
        static_assert(__builtin_offsetof(Block, scales) == 4);
        load_bytes<16, 16>(words, &block);
    }

    /// scale and minimum of groups 2 · pair and 2 · pair + 1.
    DEVICE void get(int pair, float (&scale)[2], float (&minimum)[2]) const
    {
        const int shift = pair % 2 * 16;
        const uint32_t a = words[1] >> shift, b = words[2] >> shift, c = words[3] >> shift;
        const bool upper = pair >= 2;
        const uint32_t scales = upper ? (c & 0x0f0fu) | (a >> 2 & 0x3030u) : a & 0x3f3fu;
        const uint32_t minimums = upper ? (c >> 4 & 0x0f0fu) | (b >> 2 & 0x3030u) : b & 0x3f3fu;
        const float d = half_to_float(static_cast<uint16_t>(words[0]));
        const float dmin = half_to_float(static_cast<uint16_t>(words[0] >> 16));
        for (int g = 0; g < 2; ++g) {
            scale[g] = d * static_cast<float>(scales >> (8 * g) & 0xffu);
            minimum[g] = dmin * static_cast<float>(minimums >> (8 * g) & 0xffu);
        }
    }
};

/// 64 weights: a quarter of a block, whose low and high halves of bytes are a group each.
template <> struct Codes<BlockQ4_K> : CodeGroups<2, 8, Minimum::any> {
    static constexpr int parts = 4;
    static DEVICE int first_weight(int part, int group) { return part * 64 + group * 32; }

    DEVICE void load(const BlockQ4_K& block, int part)
    {
        int bytes[8];
        load_bytes<32, 16>(bytes, block.qs + part * 32);
        for (int g = 0; g < 2; ++g)
            unpack_nibbles(codes[g], bytes, 4 * g);
        KScales(block).get(part, scale, minimum);
    }
};

/// As in Q4_K, with the fifth bits of group g in bit g of the bytes of qh.
template <> struct Codes<BlockQ5_K> : CodeGroups<2, 8, Minimum::any> {
    static constexpr int parts = 4;
    static constexpr int loads_at_once = 1;
    static DEVICE int first_weight(int part, int group) { return part * 64 + group * 32; }

    DEVICE void load(const BlockQ5_K& block, int part)
    {
        int bytes[8], high[8];
        load_bytes<32, 16>(bytes, block.qs + part * 32);
        load_bytes<32, 16>(high, block.qh);
        for (int g = 0; g < 2; ++g) {
            unpack_nibbles(codes[g], bytes, 4 * g);
            for (int i = 0; i < 8; ++i)
                codes[g][i] |= ((high[i] >> (part * 2 + g)) & 0x01010101) << 4;
        }
        KScales(block).get(part, scale, minimum);
    }
};

/// 32 weights: the 16 in the low halves of 16 bytes and the 16 in the high ones, which come 64 later.
template <> struct Codes<BlockQ6_K> : CodeGroups<2, 4, Minimum::zero> {
    static constexpr int parts = 8;
    static DEVICE int first_weight(int part, int group)
    {
        return part / 4 * 128 + part % 4 * 16 + group * 64;
    }

    DEVICE void load(const FieldsQ6_K& block, int part)
    {
        int bytes[4], high[4];
        load_bytes<16, 16>(bytes, block.ql + part * 16);
        load_bytes<16, 16>(high, block.qh + part / 4 * 32 + part % 2 * 16);
        for (int g = 0; g < 2; ++g) {
            unpack_nibbles(codes[g], bytes, 4 * g);
            const int shift = part % 4 / 2 * 2 + 4 * g;
            for (int i = 0; i < 4; ++i)
                codes[g][i] = minus<32>(codes[g][i] | ((high[i] >> shift) & 0x03030303) << 4);
            scale[g] =
                half_to_float(block.d) * static_cast<float>(block.scales[part / 4 * 8 + part % 4 + 4 * g]);
        }
    }
};

/// Byte l of a half of a block holds weights l + 32 s in its bits 2 s.
template <> struct Codes<BlockQ2_K> : EighthOfBlock<Minimum::any> {
    DEVICE void load(const BlockQ2_K& block, int part)
    {
        int bytes[8];
        load_bytes<32, 4>(bytes, block.qs + part / 4 * 32);
        const float d = half_to_float(block.d), dmin = half_to_float(block.dmin);
        for (int g = 0; g < 2; ++g) {
            for (int i = 0; i < 4; ++i)
                codes[g][i] = (bytes[4 * g + i] >> (part % 4 * 2)) & 0x03030303;
            const int packed = block.scales[2 * part + g];
            scale[g] = d * static_cast<float>(packed & 15);
            minimum[g] = dmin * static_cast<float>(packed >> 4);
        }
    }
};

/// As in Q2_K, with a third bit of weights 32 s + l in bit s of hmask's byte l.
template <> struct Codes<BlockQ3_K> : EighthOfBlock<Minimum::zero> {
    static constexpr int loads_at_once = 1;

    DEVICE void load(const BlockQ3_K& block, int part)
    {
        int bytes[8], high[8];
        load_bytes<32, 2>(bytes, block.qs + part / 4 * 32);
        load_bytes<32, 2>(high, block.hmask);
        const float d = half_to_float(block.d);
        for (int g = 0; g < 2; ++g) {
            for (int i = 0; i < 4; ++i) {
                const int low = (bytes[4 * g + i] >> (part % 4 * 2)) & 0x03030303;
                codes[g][i] = minus<4>(low | ((high[4 * g + i] >> part) & 0x01010101) << 2);
            }
            scale[g] = d * static_cast<float>(q3_k_scale(block, 2 * part + g) - 32);
        }
    }
};

} // namespace rocmforge::device
