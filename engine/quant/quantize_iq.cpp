// Quantizers of the IQ1, IQ2 and IQ3 formats: each octet or quartet gets the codebook entry nearest
// to it, found by looking at all of them.
#include "quant/block_quantizers.h"
#include "quant/codebook.h"
#include "quant/fit.h"
#include "quant/iq1.h"
#include "quant/iq2.h"
#include "quant/iq3.h"
#include "quant/pack.h"

#include <cmath>

namespace rocmforge {
namespace {

const Codebook iq2_xxs_codebook = {iq2_xxs_grid, 8, 2, {8, 25, 43}};
const Codebook iq2_xs_codebook = {iq2_xs_grid, 8, 2, {8, 25, 43}};
const Codebook iq2_s_codebook = {iq2_s_grid, 8, 2, {8, 25, 43}};
const Codebook iq3_xxs_codebook = {iq3_xxs_grid, 4, 3, {4, 12, 20, 28, 36, 44, 52, 62}};
const Codebook iq3_s_codebook = {iq3_s_grid, 4, 3, {1, 3, 5, 7, 9, 11, 13, 15}};
const Codebook iq1_codebook = {iq1_grid, 8, 2, {-1, 0, 1}};

/// For each group of 256 / n_groups weights the scale that brings its largest to `magnitude`.
std::array<float, 16> wanted_scales(const float* x, size_t n_groups, float magnitude)
{
    std::array<float, 16> scales = {};
    const size_t size = 256 / n_groups;
    for (size_t g = 0; g < n_groups; ++g)
        scales[g] = std::abs(extreme({x + g * size, size})) / magnitude;
    return scales;
}

/// For each group the scale that suits values of -1, 0 and 1.
std::array<float, 16> wanted_ternary_scales(const float* x, size_t n_groups)
{
    std::array<float, 16> scales = {};
    const size_t size = 256 / n_groups;
    for (size_t g = 0; g < n_groups; ++g)
        scales[g] = fit_ternary_scale({x + g * size, size});
    return scales;
}

void put_u32(uint8_t* bytes, uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<uint8_t>(value >> (8 * i));
}

/// Packs scales of four bits, two per byte.
void pack_scales(const OddScales& scales, size_t n, uint8_t* bytes)
{
    for (size_t i = 0; i < n / 2; ++i)
        bytes[i] = static_cast<uint8_t>(scales.k[2 * i] | scales.k[2 * i + 1] << 4);
}

CodebookMatch nearest_shifted(const float* x, float scale, float shift)
{
    std::array<float, 8> target;
    const float inverse = reciprocal(scale);
    for (size_t j = 0; j < 8; ++j)
        target[j] = x[j] * inverse - shift;
    return nearest_entry(iq1_codebook, target.data());
}

struct ShiftedOctets {
    std::array<int, 4> indices;
    bool down = false;
};

/// Up to four octets that share a scale and the better of both shifts.
ShiftedOctets choose_shift(const float* x, size_t n, float scale)
{
    std::array<ShiftedOctets, 2> choices;
    std::array<float, 2> errors = {};
    for (size_t down = 0; down < 2; ++down) {
        choices[down].down = down == 1;
        for (size_t o = 0; o < n; ++o) {
            const CodebookMatch match = nearest_shifted(x + o * 8, scale, down ? -0.125f : 0.125f);
            choices[down].indices[o] = match.index;
            errors[down] += match.error;
        }
    }
    return choices[errors[1] < errors[0] ? 1 : 0];
}

} // namespace

void quantize(const float* x, BlockIQ2_XXS& block)
{
    const OddScales scales = quantize_odd_scales(wanted_scales(x, 8, 43), 0.125f, 15);
    block.d = scales.d;
    for (size_t g = 0; g < 8; ++g) {
        auto signs_and_scale = static_cast<uint32_t>(scales.k[g]) << 28;
        for (size_t o = 0; o < 4; ++o) {
            const SignedOctet octet = split_signs(x + g * 32 + o * 8, scales.scales[g], Parity::even);
            block.qs[g * 8 + o] =
                static_cast<uint8_t>(nearest_entry(iq2_xxs_codebook, octet.magnitudes.data()).index);
            signs_and_scale |= static_cast<uint32_t>(octet.signs & 127) << (7 * o);
        }
        put_u32(block.qs + g * 8 + 4, signs_and_scale);
    }
}

void quantize(const float* x, BlockIQ2_XS& block)
{
    const OddScales scales = quantize_odd_scales(wanted_scales(x, 16, 43), 0.125f, 15);
    block.d = scales.d;
    pack_scales(scales, 16, block.scales);
    for (size_t o = 0; o < 32; ++o) {
        const SignedOctet octet = split_signs(x + o * 8, scales.scales[o / 2], Parity::even);
        const int index = nearest_entry(iq2_xs_codebook, octet.magnitudes.data()).index;
        block.qs[o] = static_cast<uint16_t>(index | (octet.signs & 127) << 9);
    }
}

void quantize(const float* x, BlockIQ2_S& block)
{
    const OddScales scales = quantize_odd_scales(wanted_scales(x, 16, 43), 0.125f, 15);
    block = {};
    block.d = scales.d;
    pack_scales(scales, 16, block.scales);
    for (size_t o = 0; o < 32; ++o) {
        const SignedOctet octet = split_signs(x + o * 8, scales.scales[o / 2], Parity::any);
        const int index = nearest_entry(iq2_s_codebook, octet.magnitudes.data()).index;
        block.qs[o] = static_cast<uint8_t>(index);
        block.signs[o] = static_cast<uint8_t>(octet.signs);
        put_bits(block.qh[o / 4], index >> 8, static_cast<int>(o % 4 * 2));
    }
}

void quantize(const float* x, BlockIQ3_XXS& block)
{
    const OddScales scales = quantize_odd_scales(wanted_scales(x, 8, 62), 0.25f, 15);
    block.d = scales.d;
    for (size_t g = 0; g < 8; ++g) {
        auto signs_and_scale = static_cast<uint32_t>(scales.k[g]) << 28;
        for (size_t o = 0; o < 4; ++o) {
            const SignedOctet octet = split_signs(x + g * 32 + o * 8, scales.scales[g], Parity::even);
            for (size_t q = 0; q < 2; ++q)
                block.qs[g * 8 + o * 2 + q] = static_cast<uint8_t>(
                    nearest_entry(iq3_xxs_codebook, octet.magnitudes.data() + q * 4).index);
            signs_and_scale |= static_cast<uint32_t>(octet.signs & 127) << (7 * o);
        }
        put_u32(block.gas + g * 4, signs_and_scale);
    }
}

void quantize(const float* x, BlockIQ3_S& block)
{
    const OddScales scales = quantize_odd_scales(wanted_scales(x, 8, 15), 1, 15);
    block = {};
    block.d = scales.d;
    pack_scales(scales, 8, block.scales);
    for (size_t o = 0; o < 32; ++o) {
        const SignedOctet octet = split_signs(x + o * 8, scales.scales[o / 4], Parity::any);
        block.signs[o] = static_cast<uint8_t>(octet.signs);
        for (size_t q = o * 2; q < o * 2 + 2; ++q) {
            const int index = nearest_entry(iq3_s_codebook, octet.magnitudes.data() + q % 2 * 4).index;
            block.qs[q] = static_cast<uint8_t>(index);
            put_bits(block.qh[q / 8], index >> 8, static_cast<int>(q % 8));
        }
    }
}

void quantize(const float* x, BlockIQ1_S& block)
{
    const OddScales scales = quantize_odd_scales(wanted_ternary_scales(x, 8), 1, 7);
    block.d = scales.d;
    for (size_t g = 0; g < 8; ++g) {
        const ShiftedOctets octets = choose_shift(x + g * 32, 4, scales.scales[g]);
        int qh = scales.k[g] << 12 | (octets.down ? 0x8000 : 0);
        for (size_t o = 0; o < 4; ++o) {
            block.qs[g * 4 + o] = static_cast<uint8_t>(octets.indices[o]);
            qh |= octets.indices[o] >> 8 << (3 * o);
        }
        block.qh[g] = static_cast<uint16_t>(qh);
    }
}

void quantize(const float* x, BlockIQ1_M& block)
{
    const OddScales scales = quantize_odd_scales(wanted_ternary_scales(x, 16), 1, 7);
    block = {};
    for (size_t g = 0; g < 16; ++g)
        block.scales[g / 4] = static_cast<uint16_t>(block.scales[g / 4] | scales.k[g] << (g % 4 * 3));
    for (size_t i = 0; i < 4; ++i)
        block.scales[i] = static_cast<uint16_t>(block.scales[i] | ((scales.d >> (4 * i)) & 15) << 12);
    for (size_t o = 0; o < 32; ++o) {
        const ShiftedOctets octet = choose_shift(x + o * 8, 1, scales.scales[o / 2]);
        block.qs[o] = static_cast<uint8_t>(octet.indices[0]);
        put_bits(block.qh[o / 2], octet.indices[0] >> 8 | (octet.down ? 8 : 0), static_cast<int>(o % 2 * 4));
    }
}

} // namespace rocmforge
