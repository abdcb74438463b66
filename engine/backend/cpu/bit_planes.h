// Planes of bits: 1, 2 or 4 bits of the codes of 32 weights, in 4 · bits bytes. Weight l lies in byte
// l % (4 · bits), from bit bits · (l / (4 · bits)) on. Four consecutive weights thus are in the same
// bits of four consecutive bytes, which the kernels read as one lane.
//
// Three bits are in 12 bytes: the first 24 weights as above, which leaves the top two bits of each byte
// for the other eight. Bytes 0 … 7 have two bits of weights 24 … 31; bytes 8 … 11 have the third bit of
// weights 24 … 27 below that of weights 28 … 31.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {

/// The codes of 32 weights.
using GroupCodes = std::array<uint8_t, 32>;

/// Writes bits from, from + 1 … of each code to a plane, which must be zero before.
template <int bits> void put_plane(uint8_t* plane, const GroupCodes& codes, int from = 0)
{
    constexpr int n_bytes = 4 * bits;
    constexpr int mask = (1 << bits) - 1;
    for (int slot = 0; slot < 8 / bits; ++slot)
        for (int j = 0; j < n_bytes; ++j) {
            const int code = codes[static_cast<size_t>(slot * n_bytes + j)] >> from & mask;
            plane[j] = static_cast<uint8_t>(plane[j] | code << slot * bits);
        }
}

/// ORs a plane into bits from, from + 1 … of the codes.
template <int bits> void add_plane(GroupCodes& codes, const uint8_t* plane, int from = 0)
{
    constexpr int n_bytes = 4 * bits;
    constexpr int mask = (1 << bits) - 1;
    for (int slot = 0; slot < 8 / bits; ++slot)
        for (int j = 0; j < n_bytes; ++j) {
            uint8_t& code = codes[static_cast<size_t>(slot * n_bytes + j)];
            code = static_cast<uint8_t>(code | (plane[j] >> slot * bits & mask) << from);
        }
}

template <int bits> [[nodiscard]] GroupCodes get_plane(const uint8_t* plane)
{
    GroupCodes codes{};
    add_plane<bits>(codes, plane);
    return codes;
}

/// Writes three bits of each code to 12 bytes, which must be zero before.
inline void put_three_bits(uint8_t* plane, const GroupCodes& codes)
{
    for (size_t l = 0; l < 24; ++l)
        plane[l % 12] = static_cast<uint8_t>(plane[l % 12] | codes[l] << l / 12 * 3);
    for (size_t l = 24; l < 32; ++l) {
        uint8_t& low = plane[l - 24];
        uint8_t& high = plane[8 + l % 4];
        low = static_cast<uint8_t>(low | (codes[l] & 3) << 6);
        high = static_cast<uint8_t>(high | codes[l] >> 2 << (l < 28 ? 6 : 7));
    }
}

[[nodiscard]] inline GroupCodes get_three_bits(const uint8_t* plane)
{
    GroupCodes codes;
    for (size_t l = 0; l < 24; ++l)
        codes[l] = plane[l % 12] >> l / 12 * 3 & 7;
    for (size_t l = 24; l < 32; ++l) {
        const int high = plane[8 + l % 4] >> (l < 28 ? 6 : 7) & 1;
        codes[l] = static_cast<uint8_t>(plane[l - 24] >> 6 | high << 2);
    }
    return codes;
}

/// Group `group` of the two bits per weight that the files' blocks of Q2_K, Q3_K and TQ2_0 have …
[[nodiscard]] inline GroupCodes two_bits_of(const uint8_t* qs, int group)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l)
        codes[l] = qs[static_cast<size_t>(group / 4) * 32 + l] >> group % 4 * 2 & 3;
    return codes;
}

/// … and back, of two bits of the codes.
inline void add_two_bits(uint8_t* qs, const GroupCodes& codes, int group)
{
    for (size_t l = 0; l < 32; ++l) {
        uint8_t& byte = qs[static_cast<size_t>(group / 4) * 32 + l];
        byte = static_cast<uint8_t>(byte | (codes[l] & 3) << group % 4 * 2);
    }
}

} // namespace rocmforge::cpu
