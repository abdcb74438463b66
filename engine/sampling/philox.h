// Philox4x32-10, a counter-based random number generator: the n-th number is a function of key and
// n alone, so it does not matter who drew what before.
// Source: Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011).
#pragma once

#include <array>
#include <cstdint>

namespace rocmforge {

[[nodiscard]] std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter,
                                                 std::array<uint32_t, 2> key);

/// Uniform in [0, 1), 53 bits, for this seed and this counter.
[[nodiscard]] double philox_uniform(uint64_t seed, uint64_t counter);

} // namespace rocmforge
