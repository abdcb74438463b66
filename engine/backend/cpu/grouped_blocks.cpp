#include "backend/cpu/grouped_blocks.h"

#include "backend/cpu/bit_planes.h"

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

/// Bit `group` of 32 bytes becomes a plane …
void group_bit(uint8_t* plane, const uint8_t* bytes, int group)
{
    GroupCodes codes;
    std::memcpy(codes.data(), bytes, codes.size());
    put_plane<1>(plane, codes, group);
}

/// … and back.
void ungroup_bit(uint8_t* bytes, const uint8_t* plane, int group)
{
    GroupCodes codes;
    std::memcpy(codes.data(), bytes, codes.size());
    add_plane<1>(codes, plane, group);
    std::memcpy(bytes, codes.data(), codes.size());
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

GroupedQ2_K group_block(const BlockQ2_K& block)
{
    GroupedQ2_K grouped{block.d, block.dmin, {}, {}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g)
        put_plane<2>(grouped.groups[g].qs, two_bits_of(block.qs, g));
    return grouped;
}

BlockQ2_K ungroup_block(const GroupedQ2_K& grouped)
{
    BlockQ2_K block{{}, {}, grouped.d, grouped.dmin};
    std::memcpy(block.scales, grouped.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        const GroupCodes codes = get_plane<2>(grouped.groups[g].qs);
        add_two_bits(block.qs, codes, g);
    }
    return block;
}

GroupedQ3_K group_block(const BlockQ3_K& block)
{
    GroupedQ3_K grouped{block.d, {}, {}};
    std::memcpy(grouped.scales, block.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        GroupCodes codes = two_bits_of(block.qs, g);
        for (size_t l = 0; l < 32; ++l)
            codes[l] = static_cast<uint8_t>(codes[l] | (block.hmask[l] >> g & 1) << 2);
        put_three_bits(grouped.groups[g].qs, codes);
    }
    return grouped;
}

BlockQ3_K ungroup_block(const GroupedQ3_K& grouped)
{
    BlockQ3_K block{{}, {}, {}, grouped.d};
    std::memcpy(block.scales, grouped.scales, sizeof block.scales);
    for (int g = 0; g < 8; ++g) {
        const GroupCodes codes = get_three_bits(grouped.groups[g].qs);
        add_two_bits(block.qs, codes, g);
        for (size_t l = 0; l < 32; ++l)
            block.hmask[l] = static_cast<uint8_t>(block.hmask[l] | codes[l] >> 2 << g);
    }
    return block;
}

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
        group_bit(group.qh, block.qh, g);
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
        ungroup_bit(block.qh, group.qh, g);
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
