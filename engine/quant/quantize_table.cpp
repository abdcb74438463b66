// Quantizers of the formats whose values come from a table.
#include "quant/block_quantizers.h"
#include "quant/fit.h"
#include "quant/iq4.h"
#include "quant/mxfp4.h"
#include "quant/nvfp4.h"
#include "quant/pack.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rocmforge {
namespace {

using Codebook = int8_t[16];

int nearest(const Codebook& values, float x)
{
    const auto distance = [x](int8_t value) { return std::abs(static_cast<float>(value) - x); };
    return static_cast<int>(std::ranges::min_element(values, {}, distance) - values);
}

std::array<int, 32> nearest_all(const Codebook& values, const float* x, float scale)
{
    std::array<int, 32> q;
    const float inverse = reciprocal(scale);
    for (size_t i = 0; i < q.size(); ++i)
        q[i] = nearest(values, x[i] * inverse);
    return q;
}

/// The scale with which 32 weights come close to iq4_values: least squares over the indices that
/// bringing the largest weight to the end of the table gives.
float fit_iq4_scale(const float* x)
{
    const auto q = nearest_all(iq4_values, x, extreme({x, 32}) / iq4_values[0]);
    float xv = 0;
    float vv = 0;
    for (size_t i = 0; i < q.size(); ++i) {
        const float value = iq4_values[q[i]];
        xv += x[i] * value;
        vv += value * value;
    }
    return xv / vv;
}

/// The UE4M3 number whose half is nearest.
uint8_t nearest_ue4m3(float half)
{
    uint8_t best = 0;
    for (uint8_t bits = 0; bits < 127; ++bits)
        if (std::abs(ue4m3_half(bits) - half) < std::abs(ue4m3_half(best) - half))
            best = bits;
    return best;
}

} // namespace

void quantize(const float* x, BlockIQ4_NL& block)
{
    const float d = store_half(block.d, fit_iq4_scale(x));
    pack_nibbles(nearest_all(iq4_values, x, d), block.qs);
}

void quantize(const float* x, BlockIQ4_XS& block)
{
    std::array<float, 8> scales;
    for (size_t g = 0; g < 8; ++g)
        scales[g] = fit_iq4_scale(x + g * 32);
    const float d = store_half(block.d, extreme(scales) / -32);
    block.scales_h = 0;
    std::fill_n(block.scales_l, 4, uint8_t(0));
    for (int g = 0; g < 8; ++g) {
        const int scale = round_to(scales[static_cast<size_t>(g)] * reciprocal(d), -32, 31);
        put_bits(block.scales_l[g / 2], (scale + 32) & 15, g % 2 * 4);
        block.scales_h = static_cast<uint16_t>(block.scales_h | (scale + 32) >> 4 << (g * 2));
        pack_nibbles(nearest_all(iq4_values, x + g * 32, d * static_cast<float>(scale)), block.qs + g * 16);
    }
}

/// The power of two that the MX specification asks for: the largest weight gets the largest exponent.
void quantize(const float* x, BlockMXFP4& block)
{
    const float largest = std::abs(extreme({x, 32}));
    const int exponent = largest > 0 ? std::ilogb(largest) - 2 + 127 : 0;
    block.e = static_cast<uint8_t>(std::clamp(exponent, 0, 254));
    pack_nibbles(nearest_all(e2m1_doubled, x, e8m0_half(block.e)), block.qs);
}

void quantize(const float* x, BlockNVFP4& block)
{
    for (size_t g = 0; g < 4; ++g) {
        const float* group = x + g * 16;
        block.d[g] = nearest_ue4m3(std::abs(extreme({group, 16})) / 12);
        const float inverse = reciprocal(ue4m3_half(block.d[g]));
        for (size_t l = 0; l < 8; ++l) {
            const int low = nearest(e2m1_doubled, group[l] * inverse);
            const int high = nearest(e2m1_doubled, group[l + 8] * inverse);
            block.qs[g * 8 + l] = static_cast<uint8_t>(low | high << 4);
        }
    }
}

} // namespace rocmforge
