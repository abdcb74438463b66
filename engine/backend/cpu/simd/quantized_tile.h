// Tiles of quantized weights times quantized activations: 8-bit products summed exactly in 32-bit
// integers over 32 weights (or 16, where a format scales these), then scaled and summed in F32.
// The codes of one or two panels are unpacked once into registers and used for all tokens of the
// tile, whose sums stay in the first-level cache; those of a single token stay in registers.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/prefetch.h"

#include <bit>
#include <new>

namespace rocmforge::cpu {
namespace {

/// 32 weights of the 16 rows of each panel.
template <typename Codes, int panels> struct Group {
    Bytes codes[panels][8];
    Floats scales[panels][Codes::scales_per_group];
    Floats mins[panels][Codes::scales_per_group];
    Bytes scale_pairs[panels];
    Bytes raised[panels][Codes::scales_per_group];

    ROCMFORGE_INLINE Group(const Codes (&blocks)[panels], int group)
    {
        for (int p = 0; p < panels; ++p) {
            blocks[p].codes(codes[p], group);
            if constexpr (Codes::has_scale_pairs)
                scale_pairs[p] = blocks[p].scale_pair(group);
            for (int part = 0; part < Codes::scales_per_group; ++part) {
                scales[p][part] = blocks[p].scale(group, part);
                if constexpr (Codes::has_min)
                    mins[p][part] = blocks[p].min(group, part);
                if constexpr (Codes::raises_octets)
                    raised[p][part] = blocks[p].raised_octets(group, part);
            }
        }
    }
};

/// The integer sums' start that takes the codes' offset back, for one of the `parts` of a group.
template <typename Codes, int parts> ROCMFORGE_INLINE Ints start(const QuantizedBlock& x, int part)
{
    if constexpr (Codes::offset == 0)
        return broadcast_int(0);
    else if constexpr (parts == 1 && !std::has_single_bit(unsigned{Codes::offset}))
        return broadcast_int(x.minus_code_sum * Codes::offset);
    else if constexpr (parts == 1)
        return shift_left<std::countr_zero(unsigned{Codes::offset})>(broadcast_int(x.minus_code_sum));
    else
        return multiply_pairs(broadcast_shorts(-Codes::offset / 2), x.twice_octet_sums + 2 * part);
}

/// Σ code · activation over one of the `parts` of a group.
template <typename Codes, int parts, int panels>
ROCMFORGE_INLINE void multiply_part(Ints (&products)[panels], const Group<Codes, panels>& group,
                                    const QuantizedBlock& x, int part)
{
    constexpr int quads = 8 / parts;
    const Bytes* codes[panels];
    for (int p = 0; p < panels; ++p) {
        products[p] = start<Codes, parts>(x, part);
        if constexpr (Codes::raises_octets)
            products[p] = products[p] + multiply_pairs(group.raised[p][part], x.twice_octet_sums + 2 * part);
        codes[p] = group.codes[p] + part * quads;
    }
    if constexpr (Codes::in_bits)
        dot_bits<panels>(products, codes, x.codes);
    else
        dot<Codes::max_code, quads, panels>(products, codes, x.codes + part * quads * 4);
}

/// sums += the products of one group with one token's activations.
template <typename Codes, int panels>
ROCMFORGE_INLINE void multiply_group(Floats (&sums)[panels], const Group<Codes, panels>& group,
                                     const QuantizedBlock& x)
{
    constexpr int parts = Codes::scales_per_group;
    const Floats x_scale = broadcast(x.scale);
    Ints products[parts][panels];
    for (int part = 0; part < parts; ++part)
        multiply_part<Codes, parts, panels>(products[part], group, x, part);
    for (int p = 0; p < panels; ++p) {
        if constexpr (Codes::has_min)
            for (int part = 0; part < parts; ++part)
                sums[p] =
                    fma(group.mins[p][part], broadcast(parts == 1 ? x.sum : x.half_sums[part]), sums[p]);
        if constexpr (Codes::shift != 0) {
            const Floats shifted = fma(to_floats(products[0][p]), x_scale, broadcast(x.sum * Codes::shift));
            sums[p] = fma(shifted, group.scales[p][0], sums[p]);
        } else if constexpr (Codes::has_scale_pairs) {
            const Bytes pairs = pack_pairs(products[0][p], products[1][p]);
            const Ints both = multiply_pairs(pairs, group.scale_pairs[p]);
            sums[p] = fma(to_floats(both) * x_scale, group.scales[p][0], sums[p]);
        } else if constexpr (parts == 1) {
            sums[p] = fma(to_floats(products[0][p]) * x_scale, group.scales[p][0], sums[p]);
        } else {
            const Floats first = to_floats(products[0][p]) * group.scales[p][0];
            const Floats both = fma(to_floats(products[1][p]), group.scales[p][1], first);
            sums[p] = fma(both, x_scale, sums[p]);
        }
    }
}

template <int panels> ROCMFORGE_INLINE void load_sums(Floats (&sums)[panels], const float* from)
{
    for (int p = 0; p < panels; ++p)
        sums[p] = load(from + 16 * p);
}

template <int panels> ROCMFORGE_INLINE void store_sums(float* to, const Floats (&sums)[panels])
{
    for (int p = 0; p < panels; ++p)
        store(to + 16 * p, sums[p]);
}

/// Calls f(group, activations of the first token) for all groups of all blocks.
template <typename Codes, int panels, typename F> ROCMFORGE_INLINE void for_each_group(const Tile& tile, F f)
{
    constexpr int64_t block_bytes = 16 * sizeof(typename Codes::Block);
    constexpr int64_t group_bytes = block_bytes / Codes::groups;
    const QuantizedBlock* x = tile.blocks;
    for (int64_t b = 0; b < tile.n_in / Codes::Block::weights; ++b) {
        Codes blocks[panels];
        for (int p = 0; p < panels; ++p)
            ::new (&blocks[p]) Codes(tile.panels[p] + b * block_bytes); // in place: some are large
        for (int g = 0; g < Codes::groups; ++g) {
            for (int p = 0; p < panels; ++p)
                prefetch_behind<group_bytes>(blocks[p].block + g * group_bytes);
            f(Group<Codes, panels>(blocks, g), x);
            x += tile.block_stride;
        }
    }
}

/// Panel after panel: a single stream from memory is read fastest.
template <typename Codes> void multiply_one_token(Tile tile)
{
    for (int p = 0; p < tile.n_panels; ++p) {
        tile.panels[0] = tile.panels[p];
        Floats sums[1] = {broadcast(0.0f)};
        for_each_group<Codes, 1>(tile,
                                 [&](const Group<Codes, 1>& group, const QuantizedBlock* x)
                                     ROCMFORGE_INLINE_LAMBDA { multiply_group(sums, group, *x); });
        store(tile.out + 16 * p, sums[0]);
    }
}

template <typename Codes, int panels> void multiply_tokens(const Tile& tile)
{
    for (int64_t i = 0; i < int64_t{tile.n_tokens} * panels; ++i)
        store(tile.out + 16 * i, broadcast(0.0f));
    for_each_group<Codes, panels>(
        tile, [&](const Group<Codes, panels>& group, const QuantizedBlock* x) ROCMFORGE_INLINE_LAMBDA {
            for (int t = 0; t < tile.n_tokens; ++t) {
                Floats sums[panels];
                load_sums(sums, tile.out + t * panels * 16);
                multiply_group(sums, group, x[t]);
                store_sums(tile.out + t * panels * 16, sums);
            }
        });
}

template <typename Codes> void multiply_codes(const Tile& tile)
{
    if (tile.n_tokens == 1)
        multiply_one_token<Codes>(tile);
    else if (tile.n_panels == 1)
        multiply_tokens<Codes, 1>(tile);
    else
        multiply_tokens<Codes, 2>(tile);
}

} // namespace
} // namespace rocmforge::cpu
