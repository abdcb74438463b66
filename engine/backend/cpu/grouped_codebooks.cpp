#include "backend/cpu/grouped_codebooks.h"

#include "backend/cpu/codebooks.h"

#include <cstring>

namespace rocmforge::cpu {

namespace {

/// Signs of which the eighth follows from the others: what to store of them.
uint32_t seven_signs(uint8_t signs)
{
    return signs & 127u;
}

void put_nibble(uint8_t* nibbles, int i, int value)
{
    nibbles[i / 2] = static_cast<uint8_t>(nibbles[i / 2] | value << i % 2 * 4);
}

int nibble(const uint8_t* nibbles, int i)
{
    return nibbles[i / 2] >> i % 2 * 4 & 15;
}

void store_u32(uint8_t* bytes, uint32_t value)
{
    for (int i = 0; i < 4; ++i)
        bytes[i] = static_cast<uint8_t>(value >> 8 * i);
}

/// Four octets' signs of seven bits and a scale, as IQ2_XXS and IQ3_XXS have them.
uint32_t signs_and_scale(const std::array<uint8_t, 4>& signs, int scale)
{
    uint32_t bits = static_cast<uint32_t>(scale) << 28;
    for (size_t o = 0; o < 4; ++o)
        bits |= seven_signs(signs[o]) << 7 * o;
    return bits;
}

constexpr int iq1_s_shift_down = 0x8000;

/// The entry of iq1_grid's kind with the other signs: each value v becomes 2 - v.
uint16_t negative(uint16_t entry)
{
    return static_cast<uint16_t>(0xaaaa - entry);
}

OctetGroup octets_of(const GroupIQ1& group)
{
    return codebook_group<2, 8>(get_plane<2>(group.qs), 0);
}

OctetGroup octets_of(const GroupIQ2& group)
{
    return codebook_group<2, 8>(get_three_bits(group.qs), GroupIQ2::first_positive);
}

QuartetGroup quartets_of(const GroupedIQ3::Group& group)
{
    return codebook_group<3, 4>(get_plane<4>(group.qs), GroupedIQ3::first_positive);
}

} // namespace

GroupedIQ1_S group_block(const BlockIQ1_S& block)
{
    GroupedIQ1_S grouped{block.d, {}, {}};
    for (int g = 0; g < 8; ++g) {
        const int qh = block.qh[g];
        const bool down = qh & iq1_s_shift_down;
        OctetGroup octets;
        for (int o = 0; o < 4; ++o) {
            const uint16_t entry = iq1_grid[block.qs[4 * g + o] | (qh >> o * 3 & 7) << 8];
            octets.entries[static_cast<size_t>(o)] = down ? negative(entry) : entry;
        }
        put_plane<2>(grouped.groups[g].qs, codes_of(octets, 0));
        const int scale = qh >> 12 & 7;
        put_nibble(grouped.scales, g, down ? 7 - scale : 8 + scale);
    }
    return grouped;
}

BlockIQ1_S ungroup_block(const GroupedIQ1_S& grouped)
{
    BlockIQ1_S block{grouped.d, {}, {}};
    for (int g = 0; g < 8; ++g) {
        const int scale = nibble(grouped.scales, g);
        const bool down = scale < 8;
        int qh = down ? (7 - scale) << 12 | iq1_s_shift_down : (scale - 8) << 12;
        const OctetGroup octets = octets_of(grouped.groups[g]);
        for (int o = 0; o < 4; ++o) {
            const uint16_t entry = octets.entries[static_cast<size_t>(o)];
            const int index = index_of(iq1_grid, down ? negative(entry) : entry);
            block.qs[4 * g + o] = static_cast<uint8_t>(index);
            qh |= index >> 8 << o * 3;
        }
        block.qh[g] = static_cast<uint16_t>(qh);
    }
    return block;
}

GroupedIQ1_M group_block(const BlockIQ1_M& block)
{
    GroupedIQ1_M grouped{iq1_m_d(block), {}, {}, {}};
    for (int g = 0; g < 8; ++g) {
        OctetGroup octets;
        for (int o = 0; o < 4; ++o) {
            const int high = nibble(block.qh, 4 * g + o);
            octets.entries[static_cast<size_t>(o)] = iq1_grid[block.qs[4 * g + o] | (high & 7) << 8];
            uint16_t& shifts = grouped.shifts[o % 2];
            shifts = static_cast<uint16_t>(shifts | (1 - (high >> 3)) << (4 * g + o) / 2);
        }
        put_plane<2>(grouped.groups[g].qs, codes_of(octets, 0));
    }
    for (int i = 0; i < 16; ++i) {
        const int scale = 2 * (block.scales[i / 4] >> i % 4 * 3 & 7) + 1;
        uint16_t& scales = grouped.scales[i / 8][i % 2];
        scales = static_cast<uint16_t>(scales | scale << i / 2 % 4 * 4);
    }
    return grouped;
}

BlockIQ1_M ungroup_block(const GroupedIQ1_M& grouped)
{
    BlockIQ1_M block{};
    for (int g = 0; g < 8; ++g) {
        const OctetGroup octets = octets_of(grouped.groups[g]);
        for (int o = 0; o < 4; ++o) {
            const int index = index_of(iq1_grid, octets.entries[static_cast<size_t>(o)]);
            const int down = 1 - (grouped.shifts[o % 2] >> (4 * g + o) / 2 & 1);
            block.qs[4 * g + o] = static_cast<uint8_t>(index);
            put_nibble(block.qh, 4 * g + o, index >> 8 | down << 3);
        }
    }
    for (int i = 0; i < 4; ++i)
        block.scales[i] = static_cast<uint16_t>((grouped.d >> 4 * i & 15) << 12);
    for (int i = 0; i < 16; ++i) {
        const int scale = grouped.scales[i / 8][i % 2] >> i / 2 % 4 * 4 & 15;
        block.scales[i / 4] = static_cast<uint16_t>(block.scales[i / 4] | scale / 2 << i % 4 * 3);
    }
    return block;
}

GroupedIQ2_XXS group_block(const BlockIQ2_XXS& block)
{
    GroupedIQ2_XXS grouped{block.d, {}, {}};
    for (int g = 0; g < 8; ++g) {
        const uint8_t* group = block.qs + 8 * g;
        const uint32_t bits = load_u32(group + 4);
        OctetGroup octets;
        for (size_t o = 0; o < 4; ++o) {
            octets.entries[o] = iq2_xxs_grid[group[o]];
            octets.signs[o] = static_cast<uint8_t>(even_signs(bits >> 7 * o));
        }
        put_three_bits(grouped.groups[g].qs, codes_of(octets, GroupIQ2::first_positive));
        put_nibble(grouped.scales, g, static_cast<int>(bits >> 28));
    }
    return grouped;
}

BlockIQ2_XXS ungroup_block(const GroupedIQ2_XXS& grouped)
{
    BlockIQ2_XXS block{grouped.d, {}};
    for (int g = 0; g < 8; ++g) {
        uint8_t* group = block.qs + 8 * g;
        const OctetGroup octets = octets_of(grouped.groups[g]);
        for (size_t o = 0; o < 4; ++o)
            group[o] = static_cast<uint8_t>(index_of(iq2_xxs_grid, octets.entries[o]));
        store_u32(group + 4, signs_and_scale(octets.signs, nibble(grouped.scales, g)));
    }
    return block;
}

GroupedIQ2_XS group_block(const BlockIQ2_XS& block)
{
    GroupedIQ2_XS grouped{{block.d, {}, {}}};
    for (size_t g = 0; g < 8; ++g) {
        OctetGroup octets;
        for (size_t o = 0; o < 4; ++o) {
            const uint16_t bits = block.qs[4 * g + o];
            octets.entries[o] = iq2_xs_grid[bits & 511];
            octets.signs[o] = static_cast<uint8_t>(even_signs(bits >> 9));
        }
        put_three_bits(grouped.groups[g].qs, codes_of(octets, GroupIQ2::first_positive));
    }
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    return grouped;
}

BlockIQ2_XS ungroup_block(const GroupedIQ2_XS& grouped)
{
    BlockIQ2_XS block{grouped.d, {}, {}};
    for (size_t g = 0; g < 8; ++g) {
        const OctetGroup octets = octets_of(grouped.groups[g]);
        for (size_t o = 0; o < 4; ++o)
            block.qs[4 * g + o] =
                static_cast<uint16_t>(index_of(iq2_xs_grid, octets.entries[o])
                                      | static_cast<int>(seven_signs(octets.signs[o])) << 9);
    }
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    return block;
}

GroupedIQ2_S group_block(const BlockIQ2_S& block)
{
    GroupedIQ2_S grouped{{block.d, {}, {}}};
    for (size_t g = 0; g < 8; ++g) {
        OctetGroup octets;
        for (size_t o = 0; o < 4; ++o) {
            octets.entries[o] = iq2_s_grid[iq2_s_index(block, static_cast<int>(4 * g + o))];
            octets.signs[o] = block.signs[4 * g + o];
        }
        put_three_bits(grouped.groups[g].qs, codes_of(octets, GroupIQ2::first_positive));
    }
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    return grouped;
}

BlockIQ2_S ungroup_block(const GroupedIQ2_S& grouped)
{
    BlockIQ2_S block{grouped.d, {}, {}, {}, {}};
    for (size_t g = 0; g < 8; ++g) {
        const OctetGroup octets = octets_of(grouped.groups[g]);
        for (size_t o = 0; o < 4; ++o) {
            const int index = index_of(iq2_s_grid, octets.entries[o]);
            block.qs[4 * g + o] = static_cast<uint8_t>(index);
            block.qh[g] = static_cast<uint8_t>(block.qh[g] | index >> 8 << o * 2);
            block.signs[4 * g + o] = octets.signs[o];
        }
    }
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    return block;
}

GroupedIQ3_XXS group_block(const BlockIQ3_XXS& block)
{
    GroupedIQ3_XXS grouped{{block.d, {}, {}}};
    for (int g = 0; g < 8; ++g) {
        const uint32_t bits = load_u32(block.gas + 4 * g);
        QuartetGroup quartets;
        for (size_t q = 0; q < 8; ++q)
            quartets.entries[q] = iq3_xxs_grid[block.qs[static_cast<size_t>(8 * g) + q]];
        for (size_t o = 0; o < 4; ++o)
            quartets.signs[o] = static_cast<uint8_t>(even_signs(bits >> 7 * o));
        put_plane<4>(grouped.groups[g].qs, codes_of(quartets, GroupedIQ3::first_positive));
        put_nibble(grouped.scales, g, static_cast<int>(bits >> 28));
    }
    return grouped;
}

BlockIQ3_XXS ungroup_block(const GroupedIQ3_XXS& grouped)
{
    BlockIQ3_XXS block{grouped.d, {}, {}};
    for (int g = 0; g < 8; ++g) {
        const QuartetGroup quartets = quartets_of(grouped.groups[g]);
        for (size_t q = 0; q < 8; ++q)
            block.qs[static_cast<size_t>(8 * g) + q] =
                static_cast<uint8_t>(index_of(iq3_xxs_grid, quartets.entries[q]));
        store_u32(block.gas + 4 * g, signs_and_scale(quartets.signs, nibble(grouped.scales, g)));
    }
    return block;
}

GroupedIQ3_S group_block(const BlockIQ3_S& block)
{
    GroupedIQ3_S grouped{{block.d, {}, {}}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (size_t g = 0; g < 8; ++g) {
        QuartetGroup quartets;
        for (size_t q = 0; q < 8; ++q)
            quartets.entries[q] = iq3_s_grid[block.qs[8 * g + q] | (block.qh[g] >> q & 1) << 8];
        std::copy_n(block.signs + 4 * g, 4, quartets.signs.begin());
        put_plane<4>(grouped.groups[g].qs, codes_of(quartets, GroupedIQ3::first_positive));
    }
    return grouped;
}

BlockIQ3_S ungroup_block(const GroupedIQ3_S& grouped)
{
    BlockIQ3_S block{grouped.d, {}, {}, {}, {}};
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    for (size_t g = 0; g < 8; ++g) {
        const QuartetGroup quartets = quartets_of(grouped.groups[g]);
        for (size_t q = 0; q < 8; ++q) {
            const int index = index_of(iq3_s_grid, quartets.entries[q]);
            block.qs[8 * g + q] = static_cast<uint8_t>(index);
            block.qh[g] = static_cast<uint8_t>(block.qh[g] | index >> 8 << q);
        }
        std::ranges::copy(quartets.signs, block.signs + 4 * g);
    }
    return block;
}

} // namespace rocmforge::cpu
