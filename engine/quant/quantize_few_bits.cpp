// Quantizers of the formats with one or two bits per weight and one scale per block.
#include "quant/block_quantizers.h"
#include "quant/fit.h"
#include "quant/pack.h"
#include "quant/q1_0.h"
#include "quant/q2_0.h"
#include "quant/ternary.h"

#include <cmath>
#include <numeric>

namespace rocmforge {
namespace {

/// n_digits · n_bytes values 0 … 2 as base-three digits, scaled to use all of a byte.
void pack_base_three(const int* q, size_t n_bytes, size_t n_digits, uint8_t* bytes)
{
    for (size_t m = 0; m < n_bytes; ++m) {
        int digits[5] = {};
        for (size_t digit = 0; digit < n_digits; ++digit)
            digits[digit] = q[digit * n_bytes + m];
        bytes[m] = tq1_0_byte(digits);
    }
}

std::array<int, 256> round_ternary(const float* x, float d)
{
    std::array<int, 256> q;
    const float inverse = reciprocal(d);
    for (size_t i = 0; i < q.size(); ++i)
        q[i] = round_to(x[i] * inverse, -1, 1) + 1;
    return q;
}

} // namespace

void quantize(const float* x, BlockTQ1_0& block)
{
    const float d = store_half(block.d, fit_ternary_scale({x, 256}));
    const auto q = round_ternary(x, d);
    pack_base_three(q.data(), 32, 5, block.qs);
    pack_base_three(q.data() + 160, 16, 5, block.qs + 32);
    pack_base_three(q.data() + 240, 4, 4, block.qh);
}

void quantize(const float* x, BlockTQ2_0& block)
{
    block = {};
    const float d = store_half(block.d, fit_ternary_scale({x, 256}));
    const auto q = round_ternary(x, d);
    for (size_t i = 0; i < q.size(); ++i)
        put_bits(block.qs[i / 128 * 32 + i % 32], q[i], static_cast<int>(i % 128 / 32 * 2));
}

void quantize(const float* x, BlockQ1_0& block)
{
    block = {};
    const auto add_magnitude = [](float sum, float value) { return sum + std::abs(value); };
    store_half(block.d, std::accumulate(x, x + 128, 0.0f, add_magnitude) / 128);
    for (int i = 0; i < 128; ++i)
        put_bits(block.qs[i / 8], x[i] < 0 ? 0 : 1, i % 8);
}

void quantize(const float* x, BlockQ2_0& block)
{
    block = {};
    const float inverse = reciprocal(store_half(block.d, fit_scale({x, 64}, -1, 2)));
    for (int i = 0; i < 64; ++i)
        put_bits(block.qs[i / 4], round_to(x[i] * inverse, -1, 2) + 1, i % 4 * 2);
}

} // namespace rocmforge
