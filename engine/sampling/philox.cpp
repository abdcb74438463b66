#include "sampling/philox.h"

namespace rocmforge {

namespace {

constexpr int n_rounds = 10;
constexpr uint32_t multiplier_0 = 0xD2511F53;
constexpr uint32_t multiplier_1 = 0xCD9E8D57;
constexpr uint32_t weyl_0 = 0x9E3779B9; ///< golden ratio
constexpr uint32_t weyl_1 = 0xBB67AE85; ///< sqrt(3) - 1

constexpr uint32_t high(uint64_t x)
{
    return static_cast<uint32_t>(x >> 32);
}
constexpr uint32_t low(uint64_t x)
{
    return static_cast<uint32_t>(x);
}

} // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key)
{
    for (int round = 0; round < n_rounds; ++round) {
        const uint64_t product_0 = uint64_t{multiplier_0} * counter[0];
        const uint64_t product_1 = uint64_t{multiplier_1} * counter[2];
        counter = {high(product_1) ^ counter[1] ^ key[0], low(product_1),
                   high(product_0) ^ counter[3] ^ key[1], low(product_0)};
        key[0] += weyl_0;
        key[1] += weyl_1;
    }
    return counter;
}

double philox_uniform(uint64_t seed, uint64_t counter)
{
    const auto random = philox4x32({low(counter), high(counter), 0, 0}, {low(seed), high(seed)});
    const uint64_t bits = (uint64_t{random[1]} << 32 | random[0]) >> 11;
    return static_cast<double>(bits) * 0x1p-53;
}

} // namespace rocmforge
