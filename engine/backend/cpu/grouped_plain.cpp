#include "backend/cpu/grouped_plain.h"

#include "backend/cpu/bit_planes.h"

#include <cstring>

namespace rocmforge::cpu {

namespace {

/// One bit per weight, the first lowest, becomes a plane …
void group_bits(uint8_t* plane, const uint8_t* bits)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l)
        codes[l] = bits[l / 8] >> (l % 8) & 1;
    put_plane<1>(plane, codes);
}

/// … and back.
void ungroup_bits(uint8_t* bits, const uint8_t* plane)
{
    const GroupCodes codes = get_plane<1>(plane);
    for (size_t l = 0; l < 32; ++l)
        bits[l / 8] = static_cast<uint8_t>(bits[l / 8] | codes[l] << (l % 8));
}

/// Where TQ1_0 has a weight's digit in base three: `byte` counts qs, then qh.
struct TritPlace {
    size_t byte;
    int digit;
};

TritPlace trit_place(size_t weight)
{
    if (weight < 160)
        return {weight % 32, static_cast<int>(weight / 32)};
    if (weight < 240)
        return {32 + weight % 16, static_cast<int>((weight - 160) / 16)};
    return {48 + weight % 4, static_cast<int>((weight - 240) / 4)};
}

} // namespace

GroupedQ5_0 group_block(const BlockQ5_0& block)
{
    GroupedQ5_0 grouped{block.d, {}, {}};
    group_bits(grouped.qh, block.qh);
    std::memcpy(grouped.qs, block.qs, sizeof block.qs);
    return grouped;
}

BlockQ5_0 ungroup_block(const GroupedQ5_0& grouped)
{
    BlockQ5_0 block{grouped.d, {}, {}};
    ungroup_bits(block.qh, grouped.qh);
    std::memcpy(block.qs, grouped.qs, sizeof grouped.qs);
    return block;
}

GroupedQ5_1 group_block(const BlockQ5_1& block)
{
    GroupedQ5_1 grouped{block.d, block.m, {}, {}};
    group_bits(grouped.qh, block.qh);
    std::memcpy(grouped.qs, block.qs, sizeof block.qs);
    return grouped;
}

BlockQ5_1 ungroup_block(const GroupedQ5_1& grouped)
{
    BlockQ5_1 block{grouped.d, grouped.m, {}, {}};
    ungroup_bits(block.qh, grouped.qh);
    std::memcpy(block.qs, grouped.qs, sizeof grouped.qs);
    return block;
}

GroupedTQ1_0 group_block(const BlockTQ1_0& block)
{
    GroupedTQ1_0 grouped{{block.d, {}}};
    for (size_t g = 0; g < 8; ++g) {
        GroupCodes codes;
        for (size_t l = 0; l < 32; ++l) {
            const TritPlace place = trit_place(32 * g + l);
            codes[l] = static_cast<uint8_t>(
                tq1_0_digit(place.byte < 48 ? block.qs[place.byte] : block.qh[place.byte - 48],
                            tq1_0_power(place.digit)));
        }
        put_plane<2>(grouped.groups[g].qs, codes);
    }
    return grouped;
}

BlockTQ1_0 ungroup_block(const GroupedTQ1_0& grouped)
{
    BlockTQ1_0 block{{}, {}, grouped.d};
    int digits[52][5] = {};
    for (size_t g = 0; g < 8; ++g) {
        const GroupCodes codes = get_plane<2>(grouped.groups[g].qs);
        for (size_t l = 0; l < 32; ++l) {
            const TritPlace place = trit_place(32 * g + l);
            digits[place.byte][place.digit] = codes[l];
        }
    }
    for (size_t i = 0; i < 52; ++i)
        (i < 48 ? block.qs[i] : block.qh[i - 48]) = tq1_0_byte(digits[i]);
    return block;
}

GroupedTQ2_0 group_block(const BlockTQ2_0& block)
{
    GroupedTQ2_0 grouped{{block.d, {}}};
    for (int g = 0; g < 8; ++g)
        put_plane<2>(grouped.groups[g].qs, two_bits_of(block.qs, g));
    return grouped;
}

BlockTQ2_0 ungroup_block(const GroupedTQ2_0& grouped)
{
    BlockTQ2_0 block{{}, grouped.d};
    for (int g = 0; g < 8; ++g) {
        const GroupCodes codes = get_plane<2>(grouped.groups[g].qs);
        add_two_bits(block.qs, codes, g);
    }
    return block;
}

GroupedQ1_0 group_block(const BlockQ1_0& block)
{
    GroupedQ1_0 grouped{block.d, {}};
    for (int g = 0; g < 4; ++g)
        group_bits(grouped.groups[g].qs, block.qs + 4 * g);
    return grouped;
}

BlockQ1_0 ungroup_block(const GroupedQ1_0& grouped)
{
    BlockQ1_0 block{grouped.d, {}};
    for (int g = 0; g < 4; ++g)
        ungroup_bits(block.qs + 4 * g, grouped.groups[g].qs);
    return block;
}

GroupedQ2_0 group_block(const BlockQ2_0& block)
{
    GroupedQ2_0 grouped{block.d, {}};
    for (int g = 0; g < 2; ++g) {
        GroupCodes codes;
        for (size_t l = 0; l < 32; ++l)
            codes[l] = block.qs[static_cast<size_t>(g) * 8 + l / 4] >> (l % 4 * 2) & 3;
        put_plane<2>(grouped.groups[g].qs, codes);
    }
    return grouped;
}

BlockQ2_0 ungroup_block(const GroupedQ2_0& grouped)
{
    BlockQ2_0 block{grouped.d, {}};
    for (int g = 0; g < 2; ++g) {
        const GroupCodes codes = get_plane<2>(grouped.groups[g].qs);
        for (size_t l = 0; l < 32; ++l) {
            uint8_t& byte = block.qs[static_cast<size_t>(g) * 8 + l / 4];
            byte = static_cast<uint8_t>(byte | codes[l] << (l % 4 * 2));
        }
    }
    return block;
}

} // namespace rocmforge::cpu
