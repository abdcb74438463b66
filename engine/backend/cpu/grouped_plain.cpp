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
    GroupCodes codes{};
    add_plane<1>(codes, plane);
    for (size_t l = 0; l < 32; ++l)
        bits[l / 8] = static_cast<uint8_t>(bits[l / 8] | codes[l] << (l % 8));
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

GroupedTQ2_0 group_block(const BlockTQ2_0& block)
{
    GroupedTQ2_0 grouped{block.d, {}};
    for (int g = 0; g < 8; ++g)
        group_two_bits(grouped.groups[g].qs, block.qs, g);
    return grouped;
}

BlockTQ2_0 ungroup_block(const GroupedTQ2_0& grouped)
{
    BlockTQ2_0 block{{}, grouped.d};
    for (int g = 0; g < 8; ++g)
        ungroup_two_bits(block.qs, grouped.groups[g].qs, g);
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
        GroupCodes codes{};
        add_plane<2>(codes, grouped.groups[g].qs);
        for (size_t l = 0; l < 32; ++l) {
            uint8_t& byte = block.qs[static_cast<size_t>(g) * 8 + l / 4];
            byte = static_cast<uint8_t>(byte | codes[l] << (l % 4 * 2));
        }
    }
    return block;
}

} // namespace rocmforge::cpu
