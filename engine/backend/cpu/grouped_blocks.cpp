#include "backend/cpu/grouped_blocks.h"

#include <cstring>

namespace rocmforge::cpu {

namespace {

/// The low four bits of a group lie in one half of 32 bytes of a file's block …
struct LowBits {
    int first_byte;
    int shift;
};

LowBits q4_k_low_bits(int group)
{
    return {group / 2 * 32, group % 2 * 4};
}

LowBits q6_k_low_bits(int group)
{
    return {group / 4 * 64 + group % 2 * 32, group % 4 / 2 * 4};
}

/// … and in 16 bytes of a grouped one.
void group_low_bits(uint8_t* to, const uint8_t* from, LowBits bits)
{
    from += bits.first_byte;
    for (int j = 0; j < 16; ++j) {
        const int low = (from[j] >> bits.shift) & 15;
        const int high = (from[j + 16] >> bits.shift) & 15;
        to[j] = static_cast<uint8_t>(low | high << 4);
    }
}

void ungroup_low_bits(uint8_t* to, const uint8_t* from, LowBits bits)
{
    to += bits.first_byte;
    for (int j = 0; j < 16; ++j) {
        to[j] = static_cast<uint8_t>(to[j] | (from[j] & 15) << bits.shift);
        to[j + 16] = static_cast<uint8_t>(to[j + 16] | (from[j] >> 4) << bits.shift);
    }
}

/// Where a grouped Q6_K block keeps the high bits of weight l of a group.
struct HighBits {
    int byte;
    int shift;
};

HighBits q6_k_high_bits(int l)
{
    const int quad = l / 4;
    const int slot = quad % 2 + quad / 4 * 2;
    return {quad % 4 / 2 * 4 + l % 4, slot * 2};
}

} // namespace

GroupedQ4_K group_block(const BlockQ4_K& block)
{
    GroupedQ4_K grouped{block.d, block.dmin, {}, {}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g)
        group_low_bits(grouped.groups[g].qs, block.qs, q4_k_low_bits(g));
    return grouped;
}

BlockQ4_K ungroup_block(const GroupedQ4_K& grouped)
{
    BlockQ4_K block{grouped.d, grouped.dmin, {}, {}};
    std::memcpy(block.scales, grouped.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g)
        ungroup_low_bits(block.qs, grouped.groups[g].qs, q4_k_low_bits(g));
    return block;
}

GroupedQ5_K group_block(const BlockQ5_K& block)
{
    GroupedQ5_K grouped{block.d, block.dmin, {}, {}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        GroupedQ5_K::Group& group = grouped.groups[g];
        group_low_bits(group.qs, block.qs, q4_k_low_bits(g));
        for (int l = 0; l < 32; ++l)
            group.qh[l % 4] = static_cast<uint8_t>(group.qh[l % 4] | ((block.qh[l] >> g) & 1) << l / 4);
    }
    return grouped;
}

BlockQ5_K ungroup_block(const GroupedQ5_K& grouped)
{
    BlockQ5_K block{grouped.d, grouped.dmin, {}, {}, {}};
    std::memcpy(block.scales, grouped.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        const GroupedQ5_K::Group& group = grouped.groups[g];
        ungroup_low_bits(block.qs, group.qs, q4_k_low_bits(g));
        for (int l = 0; l < 32; ++l)
            block.qh[l] = static_cast<uint8_t>(block.qh[l] | ((group.qh[l % 4] >> l / 4) & 1) << g);
    }
    return block;
}

GroupedQ6_K group_block(const BlockQ6_K& block)
{
    GroupedQ6_K grouped{block.d, {}, {}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        GroupedQ6_K::Group& group = grouped.groups[g];
        group_low_bits(group.qs, block.ql, q6_k_low_bits(g));
        for (int l = 0; l < 32; ++l) {
            const HighBits place = q6_k_high_bits(l);
            const int bits = (block.qh[g / 4 * 32 + l] >> g % 4 * 2) & 3;
            group.qh[place.byte] = static_cast<uint8_t>(group.qh[place.byte] | bits << place.shift);
        }
    }
    return grouped;
}

BlockQ6_K ungroup_block(const GroupedQ6_K& grouped)
{
    BlockQ6_K block{{}, {}, {}, grouped.d};
    std::memcpy(block.scales, grouped.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        const GroupedQ6_K::Group& group = grouped.groups[g];
        ungroup_low_bits(block.ql, group.qs, q6_k_low_bits(g));
        for (int l = 0; l < 32; ++l) {
            const HighBits place = q6_k_high_bits(l);
            uint8_t& byte = block.qh[g / 4 * 32 + l];
            byte = static_cast<uint8_t>(byte | ((group.qh[place.byte] >> place.shift) & 3) << g % 4 * 2);
        }
    }
    return block;
}

} // namespace rocmforge::cpu
