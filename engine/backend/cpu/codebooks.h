// Octets of a codebook's entries and signs taken apart for the kernels' layout, and put together again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace rocmforge::cpu {

/// 256 weights: eight values (0 … 2) of two bits per octet, and eight signs (bit set: negative).
struct Octets {
    std::array<uint16_t, 32> entries = {};
    std::array<uint8_t, 32> signs = {};
};

/// The values as digits in base three in the layout of TQ1_0.
void pack_trits(const Octets& octets, uint8_t (&trits)[52]);
void unpack_trits(const uint8_t (&trits)[52], Octets& octets);

/// The signs as a plane per 32 weights, see bit_planes.h.
void pack_signs(const Octets& octets, uint8_t (&signs)[32]);
void unpack_signs(const uint8_t (&signs)[32], Octets& octets);

/// Where a codebook, whose entries ascend, has this entry, which it must have.
[[nodiscard]] int index_of(std::span<const uint16_t> codebook, uint16_t entry);

} // namespace rocmforge::cpu
