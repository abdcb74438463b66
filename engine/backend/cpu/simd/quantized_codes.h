// How the integer kernels read a quantized format out of a panel's block: 32 weights of 16 rows at a
// time ("group") as unsigned codes, with
//   weight = scale · (code - offset + shift) + min
// where a group has one scale and min per row, or two for its halves of 16. Each format has a struct:
//   codes(out, group)   eight "quads" of four weights
//   scale(group, half)  and, with has_min, min(group, half)
// and, with has_scale_pairs, where Σ (code - offset) · activation fits into 16 bits,
//   scale_pair(group)   whole numbers of 16 bits, one per half, that multiply scale(group, 0)
// and, with raises_octets,
//   raised_octets(group, half)  for eight weights each a 16-bit 1 where 2 is added to their codes, else 0
// With in_bits, codes() gives but one quad: a plane of bits, of which each is a code of 2.
// This is what those structs share; the families of formats are in the headers beside.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {
namespace {

/// What most formats have; each overrides what differs.
struct CodesBase {
    static constexpr int groups = 1; ///< of 32 weights per block
    static constexpr int scales_per_group = 1;
    static constexpr int offset = 0; ///< a power of two or none with one scale per group, else even
    static constexpr float shift = 0; ///< only with one scale per group
    static constexpr bool has_min = false;
    static constexpr bool has_scale_pairs = false; ///< only with two scales per group
    static constexpr bool raises_octets = false; ///< the same
    static constexpr bool in_bits = false; ///< only with one scale per group

    const std::byte* block = nullptr;
    CodesBase() = default;
    ROCMFORGE_INLINE explicit CodesBase(const std::byte* b)
        : block(b)
    {
    }
};

/// Values of eight bits stay signed where the kernels allow it and get an offset elsewhere.
constexpr int byte_offset = signed_codes ? 0 : 128;
constexpr int max_byte_code = signed_codes ? 128 : 255;

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
/// Byte `index` of each lane.
ROCMFORGE_INLINE Ints byte_of_lanes(Bytes a, int index)
{
    return bits_of_lanes(a, 8 * index, 255);
}

/// Four bits of a field of bytes: number `index`, of which a byte has the even one in its low half.
ROCMFORGE_INLINE Ints nibble(const std::byte* block, size_t offset, int index)
{
    return bits_of_lanes(quad(block, offset, index / 8), index % 8 * 4, 15);
}

/// A group in a panel's block: its fields' offsets count from here.
template <typename Block> ROCMFORGE_INLINE const std::byte* group_of(const std::byte* block, int group)
{
    return field(block, offsetof(Block, groups)) + group * int64_t{16 * sizeof(typename Block::Group)};
}

/// Codes that are the weights' bits.
struct AsTheyAre {
    ROCMFORGE_INLINE Bytes operator()(Bytes bits) const { return bits; }
};

/// A plane of `bits` bits of each of the group's codes, see bit_planes.h, of which code_of() makes them.
template <int bits, typename F = AsTheyAre>
ROCMFORGE_INLINE void read_plane(Bytes* out, const std::byte* block, size_t offset, F code_of = {})
{
    constexpr uint8_t mask = (1 << bits) - 1;
    for (int i = 0; i < bits; ++i) {
        const Bytes packed = quad(block, offset, i);
        out[i] = code_of(packed & mask);
        for (int slot = 1; slot < 8 / bits; ++slot)
            out[i + slot * bits] = code_of(shift_right(packed, slot * bits) & mask);
    }
}

/// The same with three bits.
template <typename F = AsTheyAre>
ROCMFORGE_INLINE void read_three_bits(Bytes* out, const std::byte* block, size_t offset, F code_of = {})
{
    Bytes packed[3];
    for (int i = 0; i < 3; ++i) {
        packed[i] = quad(block, offset, i);
        out[i] = code_of(packed[i] & 7);
        out[i + 3] = code_of(shift_right(packed[i], 3) & 7);
    }
    for (int i = 0; i < 2; ++i)
        out[6 + i] = code_of((shift_right(packed[i], 6) & 3) | (shift_right(packed[2], 4 + i) & 4));
}

/// ORs a plane of one bit per code into bit `to` of the codes.
template <int to> ROCMFORGE_INLINE void add_bits(Bytes* out, Bytes plane)
{
    for (int q = 0; q < to; ++q)
        out[q] = out[q] | (shift_left(plane, to - q) & (1 << to));
    out[to] = out[to] | (plane & (1 << to));
    for (int q = to + 1; q < 8; ++q)
        out[q] = out[q] | (shift_right(plane, q - to) & (1 << to));
}

} // namespace
} // namespace rocmforge::cpu
