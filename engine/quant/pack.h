// Writing quantized weights into the bits of a block.
#pragma once

#include "quant/half.h"

#include <array>

namespace rocmforge {

/// Stores a scale, and returns it as it will be read.
inline float store_half(uint16_t& half, float value)
{
    half = float_to_half(value);
    return half_to_float(half);
}

/// ORs `bits` into a byte from bit `shift` on.
inline void put_bits(uint8_t& byte, int bits, int shift)
{
    byte = static_cast<uint8_t>(byte | bits << shift);
}

/// The low four bits of weights j and j + 16 in byte j.
inline void pack_nibbles(const std::array<int, 32>& q, uint8_t* qs)
{
    for (size_t j = 0; j < 16; ++j)
        qs[j] = static_cast<uint8_t>((q[j] & 15) | (q[j + 16] & 15) << 4);
}

} // namespace rocmforge
