// Tiles of quantized weights times quantized activations: 8-bit products summed exactly in 32-bit
// integers over 32 weights (or 16, where a format scales these), then scaled and summed in F32.
// The codes of one or two panels are unpacked once into registers and used for all tokens of the
// tile, whose sums stay in the first-level cache.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/quantized_codes.h"

namespace rocmforge::cpu {
namespace {

/// 32 weights of the 16 rows of a panel.
template <typename Codes> struct Group {
    Bytes codes[8];
    Floats scales[Codes::scales_per_group];
    Floats min;

    ROCMFORGE_INLINE Group(const Codes& block, int group)
    {
        block.codes(codes, group);
        for (int half = 0; half < Codes::scales_per_group; ++half)
            scales[half] = block.scale(group, half);
        if constexpr (Codes::has_min)
            min = block.min(group);
    }
};

/// The integer sum's start that takes the codes' offset back.
template <typename Codes> ROCMFORGE_INLINE Ints start(const int32_t& minus_code_sum)
{
    if constexpr (Codes::offset_bits > 0)
        return shift_left<Codes::offset_bits>(broadcast_int(minus_code_sum));
    else
        return broadcast_int(0);
}

/// sums + the products of one group with one token's activations.
template <typename Codes>
ROCMFORGE_INLINE Floats multiply_group(Floats sums, const Group<Codes>& group, const QuantizedBlock& x)
{
    const Floats x_scale = broadcast(x.scale);
    if constexpr (Codes::scales_per_group == 1) {
        const Ints products = dot<Codes::max_code, 8>(start<Codes>(x.minus_code_sum), group.codes, x.codes);
        sums = fma(to_floats(products) * x_scale, group.scales[0], sums);
    } else {
        const Ints first = dot<Codes::max_code, 4>(start<Codes>(x.minus_code_sums[0]), group.codes, x.codes);
        const Ints second =
            dot<Codes::max_code, 4>(start<Codes>(x.minus_code_sums[1]), group.codes + 4, x.codes + 16);
        const Floats scaled = fma(to_floats(second), group.scales[1], to_floats(first) * group.scales[0]);
        sums = fma(scaled, x_scale, sums);
    }
    if constexpr (Codes::has_min)
        sums = fma(group.min, broadcast(x.sum), sums);
    return sums;
}

template <typename Codes, int panels>
ROCMFORGE_INLINE void multiply_group_by_tokens(const Group<Codes>* groups, const QuantizedBlock* x,
                                               int n_tokens, float* out)
{
    for (int t = 0; t < n_tokens; ++t) {
        for (int p = 0; p < panels; ++p) {
            float* sums = out + (t * panels + p) * 16;
            store(sums, multiply_group(load(sums), groups[p], x[t]));
        }
    }
}

template <typename Codes, int panels> void multiply_codes_of(const Tile& tile, const std::byte* const* blocks)
{
    constexpr int64_t block_bytes = 16 * sizeof(typename Codes::Block);
    const QuantizedBlock* x = tile.blocks;
    for (int64_t b = 0; b < tile.n_in / Codes::Block::weights; ++b) {
        for (int g = 0; g < Codes::groups; ++g) {
            if constexpr (panels == 2) {
                const Group<Codes> groups[] = {{Codes(blocks[0] + b * block_bytes), g},
                                               {Codes(blocks[1] + b * block_bytes), g}};
                multiply_group_by_tokens<Codes, 2>(groups, x, tile.n_tokens, tile.out);
            } else {
                const Group<Codes> groups[] = {{Codes(blocks[0] + b * block_bytes), g}};
                multiply_group_by_tokens<Codes, 1>(groups, x, tile.n_tokens, tile.out);
            }
            x += tile.block_stride;
        }
    }
}

template <typename Codes> void multiply_codes(const Tile& tile)
{
    for (int64_t i = 0; i < int64_t{tile.n_tokens} * tile.n_panels * 16; i += 16)
        store(tile.out + i, broadcast(0.0f));
    if (tile.n_panels == 2)
        multiply_codes_of<Codes, 2>(tile, tile.panels);
    else
        multiply_codes_of<Codes, 1>(tile, tile.panels);
}

} // namespace
} // namespace rocmforge::cpu
