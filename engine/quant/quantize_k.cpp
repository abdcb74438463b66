// Quantizers of the K formats: 256 weights in groups whose scales are quantized themselves.
#include "quant/block_quantizers.h"
#include "quant/fit.h"
#include "quant/pack.h"
#include "quant/q2_k.h"
#include "quant/q3_k.h"
#include "quant/q4_k.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"

#include <algorithm>

namespace rocmforge {
namespace {

/// weight i = d · scales[g] · q[i] - dmin · mins[g], g its group.
struct AffineGroups {
    uint16_t d = 0; ///< half
    uint16_t dmin = 0; ///< half
    std::array<int, 16> scales = {};
    std::array<int, 16> mins = {};
    std::array<int, 256> q;
};

/// q within 0 … hi, scales and mins within 0 … top.
AffineGroups quantize_affine(const float* x, size_t n_groups, int hi, int top)
{
    const size_t size = 256 / n_groups;
    std::array<Affine, 16> fits;
    for (size_t g = 0; g < n_groups; ++g)
        fits[g] = fit_affine({x + g * size, size}, hi, MinRange::not_positive);
    AffineGroups result;
    const float d = store_half(result.d, std::ranges::max(fits, {}, &Affine::scale).scale / float(top));
    const float dmin = store_half(result.dmin, -std::ranges::min(fits, {}, &Affine::min).min / float(top));
    for (size_t g = 0; g < n_groups; ++g) {
        result.scales[g] = round_to(fits[g].scale * reciprocal(d), 0, top);
        result.mins[g] = round_to(-fits[g].min * reciprocal(dmin), 0, top);
        const float inverse = reciprocal(d * float(result.scales[g]));
        const float min = dmin * float(result.mins[g]);
        for (size_t i = g * size; i < (g + 1) * size; ++i)
            result.q[i] = round_to((x[i] + min) * inverse, 0, hi);
    }
    return result;
}

/// weight i = d · scales[i / 16] · q[i].
struct SignedGroups {
    uint16_t d = 0; ///< half
    std::array<int, 16> scales;
    std::array<int, 256> q;
};

/// q within -range … range - 1, scales within -scale_range … scale_range - 1.
SignedGroups quantize_signed(const float* x, int range, int scale_range)
{
    std::array<float, 16> fits;
    for (size_t g = 0; g < 16; ++g)
        fits[g] = fit_scale({x + g * 16, 16}, -range, range - 1);
    SignedGroups result;
    const float d = store_half(result.d, extreme(fits) / float(-scale_range));
    for (size_t g = 0; g < 16; ++g) {
        result.scales[g] = round_to(fits[g] * reciprocal(d), -scale_range, scale_range - 1);
        const float inverse = reciprocal(d * float(result.scales[g]));
        for (size_t i = g * 16; i < (g + 1) * 16; ++i)
            result.q[i] = round_to(x[i] * inverse, -range, range - 1);
    }
    return result;
}

/// See k_scales.h; `scales` is zero before.
void pack_k_scales(const AffineGroups& groups, uint8_t* scales)
{
    for (size_t g = 0; g < 4; ++g) {
        scales[g] = static_cast<uint8_t>(groups.scales[g] | groups.scales[g + 4] >> 4 << 6);
        scales[g + 4] = static_cast<uint8_t>(groups.mins[g] | groups.mins[g + 4] >> 4 << 6);
        scales[g + 8] = static_cast<uint8_t>((groups.scales[g + 4] & 15) | (groups.mins[g + 4] & 15) << 4);
    }
}

} // namespace

void quantize(const float* x, BlockQ2_K& block)
{
    const AffineGroups groups = quantize_affine(x, 16, 3, 15);
    block = {};
    block.d = groups.d;
    block.dmin = groups.dmin;
    for (size_t g = 0; g < 16; ++g)
        block.scales[g] = static_cast<uint8_t>(groups.scales[g] | groups.mins[g] << 4);
    for (int i = 0; i < 256; ++i)
        put_bits(block.qs[i / 128 * 32 + i % 32], groups.q[size_t(i)], i % 128 / 32 * 2);
}

void quantize(const float* x, BlockQ3_K& block)
{
    const SignedGroups groups = quantize_signed(x, 4, 32);
    block = {};
    block.d = groups.d;
    for (int g = 0; g < 16; ++g) {
        const int scale = groups.scales[size_t(g)] + 32;
        put_bits(block.scales[g % 8], scale & 15, g / 8 * 4);
        put_bits(block.scales[8 + g % 4], scale >> 4, g / 4 * 2);
    }
    for (int i = 0; i < 256; ++i) {
        const int q = groups.q[size_t(i)] + 4;
        put_bits(block.qs[i / 128 * 32 + i % 32], q & 3, i % 128 / 32 * 2);
        put_bits(block.hmask[i % 32], q >> 2, i / 32);
    }
}

void quantize(const float* x, BlockQ4_K& block)
{
    const AffineGroups groups = quantize_affine(x, 8, 15, 63);
    block = {};
    block.d = groups.d;
    block.dmin = groups.dmin;
    pack_k_scales(groups, block.scales);
    for (int i = 0; i < 256; ++i)
        put_bits(block.qs[i / 64 * 32 + i % 32], groups.q[size_t(i)], i / 32 % 2 * 4);
}

void quantize(const float* x, BlockQ5_K& block)
{
    const AffineGroups groups = quantize_affine(x, 8, 31, 63);
    block = {};
    block.d = groups.d;
    block.dmin = groups.dmin;
    pack_k_scales(groups, block.scales);
    for (int i = 0; i < 256; ++i) {
        put_bits(block.qs[i / 64 * 32 + i % 32], groups.q[size_t(i)] & 15, i / 32 % 2 * 4);
        put_bits(block.qh[i % 32], groups.q[size_t(i)] >> 4, i / 32);
    }
}

void quantize(const float* x, BlockQ6_K& block)
{
    const SignedGroups groups = quantize_signed(x, 32, 128);
    block = {};
    block.d = groups.d;
    std::ranges::copy(groups.scales, block.scales);
    for (int i = 0; i < 256; ++i) {
        const int q = groups.q[size_t(i)] + 32;
        put_bits(block.ql[i / 128 * 64 + i % 64], q & 15, i % 128 / 64 * 4);
        put_bits(block.qh[i / 128 * 32 + i % 32], q >> 4, i % 128 / 32 * 2);
    }
}

} // namespace rocmforge
