// Quantizers of the formats whose blocks have one scale and evenly spaced values.
#include "quant/block_quantizers.h"
#include "quant/fit.h"
#include "quant/floats.h"
#include "quant/pack.h"
#include "quant/q4.h"
#include "quant/q5.h"
#include "quant/q8_0.h"

#include <algorithm>
#include <cmath>

namespace rocmforge {
namespace {

/// (x - min) / scale + zero, rounded and limited to 0 … hi.
std::array<int, 32> round_block(const float* x, float scale, float min, int zero, int hi)
{
    std::array<int, 32> q;
    const float inverse = reciprocal(scale);
    for (size_t i = 0; i < q.size(); ++i)
        q[i] = round_to((x[i] - min) * inverse, -zero, hi - zero) + zero;
    return q;
}

void pack_fifth_bits(const std::array<int, 32>& q, uint8_t* qh)
{
    std::fill_n(qh, 4, uint8_t(0));
    for (int i = 0; i < 32; ++i)
        put_bits(qh[i / 8], q[static_cast<size_t>(i)] >> 4, i % 8);
}

} // namespace

void quantize(const float* x, BlockF32& block)
{
    block.value = *x;
}

void quantize(const float* x, BlockF16& block)
{
    block.value = float_to_half(*x);
}

void quantize(const float* x, BlockBF16& block)
{
    block.value = float_to_bfloat16(*x);
}

void quantize(const float* x, BlockQ4_0& block)
{
    const float d = store_half(block.d, fit_scale({x, 32}, -8, 7));
    pack_nibbles(round_block(x, d, 0, 8, 15), block.qs);
}

void quantize(const float* x, BlockQ4_1& block)
{
    const Affine fit = fit_affine({x, 32}, 15, MinRange::any);
    const float d = store_half(block.d, fit.scale);
    const float m = store_half(block.m, fit.min);
    pack_nibbles(round_block(x, d, m, 0, 15), block.qs);
}

void quantize(const float* x, BlockQ5_0& block)
{
    const float d = store_half(block.d, fit_scale({x, 32}, -16, 15));
    const auto q = round_block(x, d, 0, 16, 31);
    pack_nibbles(q, block.qs);
    pack_fifth_bits(q, block.qh);
}

void quantize(const float* x, BlockQ5_1& block)
{
    const Affine fit = fit_affine({x, 32}, 31, MinRange::any);
    const float d = store_half(block.d, fit.scale);
    const float m = store_half(block.m, fit.min);
    const auto q = round_block(x, d, m, 0, 31);
    pack_nibbles(q, block.qs);
    pack_fifth_bits(q, block.qh);
}

void quantize(const float* x, BlockQ8_0& block)
{
    const float d = store_half(block.d, std::abs(extreme({x, 32})) / 127);
    const float inverse = reciprocal(d);
    for (int i = 0; i < 32; ++i)
        block.qs[i] = static_cast<int8_t>(round_to(x[i] * inverse, -127, 127));
}

} // namespace rocmforge
