// Philox4x32-10, a counter-based random number generator (Salmon et al., SC 2011), as in the engine's
// own sampler: the same seed gives the same text on every device.
#pragma once

#include "kernels/device.h"

namespace rocmforge::device {

/// Uniform in [0, 1), 53 bits.
DEVICE inline double philox_uniform(const uint32_t (&seed)[2], const uint32_t (&counter)[2])
{
    uint32_t a = counter[0], b = counter[1], c = 0, d = 0;
    uint32_t key_0 = seed[0], key_1 = seed[1];
    for (int round = 0; round < 10; ++round) {
        const uint64_t x = uint64_t{0xD2511F53} * a;
        const uint64_t y = uint64_t{0xCD9E8D57} * c;
        a = static_cast<uint32_t>(y >> 32) ^ b ^ key_0;
        b = static_cast<uint32_t>(y);
        c = static_cast<uint32_t>(x >> 32) ^ d ^ key_1;
        d = static_cast<uint32_t>(x);
        key_0 += 0x9E3779B9;
        key_1 += 0xBB67AE85;
    }
    return static_cast<double>((uint64_t{b} << 32 | a) >> 11) * 0x1p-53;
}

} // namespace rocmforge::device
