// Planes of bits: 1, 2 or 4 bits of the codes of 32 weights, in 4 · bits bytes. Weight l lies in byte
// l % (4 · bits), from bit bits · (l / (4 · bits)) on. Four consecutive weights thus are in the same
// bits of four consecutive bytes, which the kernels read as one lane.
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

/// Moves group `group` of the two bits per weight that Q2_K, Q3_K and TQ2_0 have to a plane …
inline void group_two_bits(uint8_t* plane, const uint8_t* qs, int group)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l)
        codes[l] = qs[static_cast<size_t>(group / 4) * 32 + l] >> group % 4 * 2 & 3;
    put_plane<2>(plane, codes);
}

/// … and back.
inline void ungroup_two_bits(uint8_t* qs, const uint8_t* plane, int group)
{
    GroupCodes codes{};
    add_plane<2>(codes, plane);
    for (size_t l = 0; l < 32; ++l) {
        uint8_t& byte = qs[static_cast<size_t>(group / 4) * 32 + l];
        byte = static_cast<uint8_t>(byte | codes[l] << group % 4 * 2);
    }
}

} // namespace rocmforge::cpu
