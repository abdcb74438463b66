#include "backend/cpu/grouped_codebooks.h"

#include "backend/cpu/bit_planes.h"
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
uint32_t signs_and_scale(const uint8_t* signs, int scale)
{
    uint32_t bits = static_cast<uint32_t>(scale) << 28;
    for (int o = 0; o < 4; ++o)
        bits |= seven_signs(signs[o]) << 7 * o;
    return bits;
}

constexpr int iq1_s_shift_down = 0x8000;

/// The entry of iq1_grid's kind with the other signs: each value v becomes 2 - v.
uint16_t negative(uint16_t entry)
{
    return static_cast<uint16_t>(0xaaaa - entry);
}

/// Four octets of an IQ3 format: eight entries of four values of three bits, and signs.
void put_quartets(GroupedIQ3::Group& group, const uint16_t* entries, const uint8_t* signs)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l) {
        const int magnitude = entries[l / 4] >> (l % 4 * 3) & 7;
        codes[l] = static_cast<uint8_t>(magnitude | (signs[l / 8] >> (l % 8) & 1) << 3);
    }
    put_plane<4>(group.qs, codes);
}

void get_quartets(const GroupedIQ3::Group& group, uint16_t* entries, uint8_t* signs)
{
    GroupCodes codes{};
    add_plane<4>(codes, group.qs);
    for (size_t l = 0; l < 32; ++l) {
        entries[l / 4] = static_cast<uint16_t>(entries[l / 4] | (codes[l] & 7) << (l % 4 * 3));
        signs[l / 8] = static_cast<uint8_t>(signs[l / 8] | codes[l] >> 3 << (l % 8));
    }
}

} // namespace

GroupedIQ1_S group_block(const BlockIQ1_S& block)
{
    GroupedIQ1_S grouped{block.d, {}, {}};
    Octets octets;
    for (size_t o = 0; o < 32; ++o) {
        const int qh = block.qh[o / 4];
        const uint16_t entry = iq1_grid[block.qs[o] | (qh >> (o % 4 * 3) & 7) << 8];
        octets.entries[o] = qh & iq1_s_shift_down ? negative(entry) : entry;
    }
    pack_trits(octets, grouped.trits);
    for (int g = 0; g < 8; ++g) {
        const int scale = block.qh[g] >> 12 & 7;
        put_nibble(grouped.scales, g, block.qh[g] & iq1_s_shift_down ? 7 - scale : 8 + scale);
    }
    return grouped;
}

BlockIQ1_S ungroup_block(const GroupedIQ1_S& grouped)
{
    BlockIQ1_S block{grouped.d, {}, {}};
    Octets octets;
    unpack_trits(grouped.trits, octets);
    for (int g = 0; g < 8; ++g) {
        const int scale = nibble(grouped.scales, g);
        block.qh[g] =
            static_cast<uint16_t>(scale < 8 ? (7 - scale) << 12 | iq1_s_shift_down : (scale - 8) << 12);
    }
    for (size_t o = 0; o < 32; ++o) {
        const uint16_t entry = octets.entries[o];
        const bool down = block.qh[o / 4] & iq1_s_shift_down;
        const int index = index_of(iq1_grid, down ? negative(entry) : entry);
        block.qs[o] = static_cast<uint8_t>(index);
        block.qh[o / 4] = static_cast<uint16_t>(block.qh[o / 4] | index >> 8 << (o % 4 * 3));
    }
    return block;
}

GroupedIQ1_M group_block(const BlockIQ1_M& block)
{
    GroupedIQ1_M grouped{iq1_m_d(block), {}, {}, {}};
    Octets octets;
    for (size_t o = 0; o < 32; ++o) {
        const int high = block.qh[o / 2] >> (o % 2 * 4);
        octets.entries[o] = iq1_grid[block.qs[o] | (high & 7) << 8];
        grouped.shifts[o / 8] = static_cast<uint8_t>(grouped.shifts[o / 8] | (high >> 3 & 1) << (o % 8));
    }
    pack_trits(octets, grouped.trits);
    for (int pair = 0; pair < 16; ++pair)
        put_nibble(grouped.scales, pair, block.scales[pair / 4] >> pair % 4 * 3 & 7);
    return grouped;
}

BlockIQ1_M ungroup_block(const GroupedIQ1_M& grouped)
{
    BlockIQ1_M block{};
    Octets octets;
    unpack_trits(grouped.trits, octets);
    for (size_t o = 0; o < 32; ++o) {
        const int index = index_of(iq1_grid, octets.entries[o]);
        const int shift = grouped.shifts[o / 8] >> (o % 8) & 1;
        block.qs[o] = static_cast<uint8_t>(index);
        put_nibble(block.qh, static_cast<int>(o), index >> 8 | shift << 3);
    }
    for (int i = 0; i < 4; ++i) {
        int bits = (grouped.d >> 4 * i & 15) << 12;
        for (int j = 0; j < 4; ++j)
            bits |= nibble(grouped.scales, 4 * i + j) << 3 * j;
        block.scales[i] = static_cast<uint16_t>(bits);
    }
    return block;
}

GroupedIQ2_XXS group_block(const BlockIQ2_XXS& block)
{
    GroupedIQ2_XXS grouped{block.d, {}, {}, {}};
    Octets octets;
    for (size_t o = 0; o < 32; ++o) {
        const uint8_t* group = block.qs + o / 4 * 8;
        octets.entries[o] = iq2_xxs_grid[group[o % 4]];
        octets.signs[o] = static_cast<uint8_t>(even_signs(load_u32(group + 4) >> (o % 4 * 7)));
    }
    pack_trits(octets, grouped.trits);
    pack_signs(octets, grouped.signs);
    for (int g = 0; g < 8; ++g)
        put_nibble(grouped.scales, g, static_cast<int>(load_u32(block.qs + g * 8 + 4) >> 28));
    return grouped;
}

BlockIQ2_XXS ungroup_block(const GroupedIQ2_XXS& grouped)
{
    BlockIQ2_XXS block{grouped.d, {}};
    Octets octets;
    unpack_trits(grouped.trits, octets);
    unpack_signs(grouped.signs, octets);
    for (size_t o = 0; o < 32; ++o)
        block.qs[o / 4 * 8 + o % 4] = static_cast<uint8_t>(index_of(iq2_xxs_grid, octets.entries[o]));
    for (int g = 0; g < 8; ++g)
        store_u32(block.qs + 8 * g + 4,
                  signs_and_scale(octets.signs.data() + 4 * g, nibble(grouped.scales, g)));
    return block;
}

GroupedIQ2_XS group_block(const BlockIQ2_XS& block)
{
    GroupedIQ2_XS grouped{{block.d, {}, {}, {}}};
    Octets octets;
    for (size_t o = 0; o < 32; ++o) {
        octets.entries[o] = iq2_xs_grid[block.qs[o] & 511];
        octets.signs[o] = static_cast<uint8_t>(even_signs(block.qs[o] >> 9));
    }
    pack_trits(octets, grouped.trits);
    pack_signs(octets, grouped.signs);
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    return grouped;
}

BlockIQ2_XS ungroup_block(const GroupedIQ2_XS& grouped)
{
    BlockIQ2_XS block{grouped.d, {}, {}};
    Octets octets;
    unpack_trits(grouped.trits, octets);
    unpack_signs(grouped.signs, octets);
    for (size_t o = 0; o < 32; ++o)
        block.qs[o] = static_cast<uint16_t>(index_of(iq2_xs_grid, octets.entries[o])
                                            | static_cast<int>(seven_signs(octets.signs[o])) << 9);
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    return block;
}

GroupedIQ2_S group_block(const BlockIQ2_S& block)
{
    GroupedIQ2_S grouped{{block.d, {}, {}, {}}};
    Octets octets;
    for (size_t o = 0; o < 32; ++o) {
        octets.entries[o] = iq2_s_grid[iq2_s_index(block, static_cast<int>(o))];
        octets.signs[o] = block.signs[o];
    }
    pack_trits(octets, grouped.trits);
    pack_signs(octets, grouped.signs);
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    return grouped;
}

BlockIQ2_S ungroup_block(const GroupedIQ2_S& grouped)
{
    BlockIQ2_S block{grouped.d, {}, {}, {}, {}};
    Octets octets;
    unpack_trits(grouped.trits, octets);
    unpack_signs(grouped.signs, octets);
    for (size_t o = 0; o < 32; ++o) {
        const int index = index_of(iq2_s_grid, octets.entries[o]);
        block.qs[o] = static_cast<uint8_t>(index);
        block.qh[o / 4] = static_cast<uint8_t>(block.qh[o / 4] | index >> 8 << (o % 4 * 2));
        block.signs[o] = octets.signs[o];
    }
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    return block;
}

GroupedIQ3_XXS group_block(const BlockIQ3_XXS& block)
{
    GroupedIQ3_XXS grouped{{block.d, {}, {}}};
    for (int g = 0; g < 8; ++g) {
        const uint32_t bits = load_u32(block.gas + 4 * g);
        uint16_t entries[8];
        uint8_t signs[4];
        for (int q = 0; q < 8; ++q)
            entries[q] = iq3_xxs_grid[block.qs[8 * g + q]];
        for (int o = 0; o < 4; ++o)
            signs[o] = static_cast<uint8_t>(even_signs(bits >> 7 * o));
        put_quartets(grouped.groups[g], entries, signs);
        put_nibble(grouped.scales, g, static_cast<int>(bits >> 28));
    }
    return grouped;
}

BlockIQ3_XXS ungroup_block(const GroupedIQ3_XXS& grouped)
{
    BlockIQ3_XXS block{grouped.d, {}, {}};
    for (int g = 0; g < 8; ++g) {
        uint16_t entries[8] = {};
        uint8_t signs[4] = {};
        get_quartets(grouped.groups[g], entries, signs);
        for (int q = 0; q < 8; ++q)
            block.qs[8 * g + q] = static_cast<uint8_t>(index_of(iq3_xxs_grid, entries[q]));
        store_u32(block.gas + 4 * g, signs_and_scale(signs, nibble(grouped.scales, g)));
    }
    return block;
}

GroupedIQ3_S group_block(const BlockIQ3_S& block)
{
    GroupedIQ3_S grouped{{block.d, {}, {}}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        uint16_t entries[8];
        for (int q = 0; q < 8; ++q)
            entries[q] = iq3_s_grid[block.qs[8 * g + q] | (block.qh[g] >> q & 1) << 8];
        put_quartets(grouped.groups[g], entries, block.signs + 4 * g);
    }
    return grouped;
}

BlockIQ3_S ungroup_block(const GroupedIQ3_S& grouped)
{
    BlockIQ3_S block{grouped.d, {}, {}, {}, {}};
    std::memcpy(block.scales, grouped.scales, sizeof grouped.scales);
    for (int g = 0; g < 8; ++g) {
        uint16_t entries[8] = {};
        get_quartets(grouped.groups[g], entries, block.signs + 4 * g);
        for (int q = 0; q < 8; ++q) {
            const int index = index_of(iq3_s_grid, entries[q]);
            block.qs[8 * g + q] = static_cast<uint8_t>(index);
            block.qh[g] = static_cast<uint8_t>(block.qh[g] | index >> 8 << q);
        }
    }
    return block;
}

} // namespace rocmforge::cpu
