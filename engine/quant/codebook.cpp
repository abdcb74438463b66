#include "quant/codebook.h"

#include "quant/fit.h"
#include "quant/pack.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rocmforge {

namespace {

/// What it costs that the values of half an entry are what its bits say, for all such bits.
using HalfCosts = std::array<float, 256>;

HalfCosts half_costs(const Codebook& codebook, const float* target)
{
    HalfCosts costs;
    const int n = codebook.n / 2;
    const unsigned mask = (1u << codebook.bits) - 1;
    for (unsigned half = 0; half < 1u << (n * codebook.bits); ++half) {
        costs[half] = 0;
        for (int j = 0; j < n; ++j) {
            const float difference = target[j] - codebook.values[(half >> (j * codebook.bits)) & mask];
            costs[half] += difference * difference;
        }
    }
    return costs;
}

} // namespace

CodebookMatch nearest_entry(const Codebook& codebook, const float* target)
{
    const int half_bits = codebook.n / 2 * codebook.bits;
    const HalfCosts low = half_costs(codebook, target);
    const HalfCosts high = half_costs(codebook, target + codebook.n / 2);
    CodebookMatch best{.error = std::numeric_limits<float>::max()};
    for (size_t i = 0; i < codebook.entries.size(); ++i) {
        const unsigned entry = codebook.entries[i];
        const float error = low[entry & ((1u << half_bits) - 1)] + high[entry >> half_bits];
        if (error < best.error)
            best = {static_cast<int>(i), error};
    }
    return best;
}

SignedOctet split_signs(const float* x, float scale, Parity parity)
{
    SignedOctet octet;
    const float inverse = reciprocal(scale);
    for (size_t j = 0; j < 8; ++j) {
        octet.magnitudes[j] = std::abs(x[j]) * inverse;
        octet.signs |= (x[j] < 0 ? 1 : 0) << j;
    }
    if (parity == Parity::even && __builtin_popcount(static_cast<unsigned>(octet.signs)) % 2) {
        const auto smallest = std::ranges::min_element(octet.magnitudes);
        *smallest = -*smallest;
        octet.signs ^= 1 << (smallest - octet.magnitudes.begin());
    }
    return octet;
}

OddScales quantize_odd_scales(std::span<const float> wanted, float unit, int top)
{
    OddScales result;
    const float d = store_half(result.d, std::ranges::max(wanted) / (unit * static_cast<float>(2 * top + 1)));
    for (size_t g = 0; g < wanted.size(); ++g) {
        result.k[g] = round_to((wanted[g] * reciprocal(d * unit) - 1) / 2, 0, top);
        result.scales[g] = d * unit * static_cast<float>(2 * result.k[g] + 1);
    }
    return result;
}

} // namespace rocmforge
