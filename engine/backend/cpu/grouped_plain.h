// Blocks with one scale whose codes are the weights, with the bits of each group of 32 weights side by
// side, as the kernels read them. The bits lie in planes, see bit_planes.h. No weight is lost, and the
// size is that of the files' blocks, save for TQ1_0: its digits in base three become two bits each, which
// is 22 % more, as splitting them off takes longer than all else a product does.
#pragma once

#include "quant/q1_0.h"
#include "quant/q2_0.h"
#include "quant/q5.h"
#include "quant/ternary.h"

namespace rocmforge::cpu {

struct GroupedQ5_0 {
    static constexpr int weights = 32;
    uint16_t d;
    uint8_t qh[4]; ///< the fifth bits
    uint8_t qs[16];
};
static_assert(sizeof(GroupedQ5_0) == sizeof(BlockQ5_0));

struct GroupedQ5_1 {
    static constexpr int weights = 32;
    uint16_t d;
    uint16_t m;
    uint8_t qh[4]; ///< the fifth bits
    uint8_t qs[16];
};
static_assert(sizeof(GroupedQ5_1) == sizeof(BlockQ5_1));

struct GroupedTernary {
    static constexpr int weights = 256;
    struct Group {
        uint8_t qs[8];
    };
    uint16_t d;
    Group groups[8];
};
struct GroupedTQ1_0 : GroupedTernary { };
struct GroupedTQ2_0 : GroupedTernary { };
static_assert(sizeof(GroupedTQ1_0) == 66 && sizeof(GroupedTQ2_0) == sizeof(BlockTQ2_0));

struct GroupedQ1_0 {
    static constexpr int weights = 128;
    struct Group {
        uint8_t qs[4];
    };
    uint16_t d;
    Group groups[4];
};
static_assert(sizeof(GroupedQ1_0) == sizeof(BlockQ1_0));

struct GroupedQ2_0 {
    static constexpr int weights = 64;
    struct Group {
        uint8_t qs[8];
    };
    uint16_t d;
    Group groups[2];
};
static_assert(sizeof(GroupedQ2_0) == sizeof(BlockQ2_0));

[[nodiscard]] GroupedQ5_0 group_block(const BlockQ5_0& block);
[[nodiscard]] GroupedQ5_1 group_block(const BlockQ5_1& block);
[[nodiscard]] GroupedTQ1_0 group_block(const BlockTQ1_0& block);
[[nodiscard]] GroupedTQ2_0 group_block(const BlockTQ2_0& block);
[[nodiscard]] GroupedQ1_0 group_block(const BlockQ1_0& block);
[[nodiscard]] GroupedQ2_0 group_block(const BlockQ2_0& block);

[[nodiscard]] BlockQ5_0 ungroup_block(const GroupedQ5_0& grouped);
[[nodiscard]] BlockQ5_1 ungroup_block(const GroupedQ5_1& grouped);
[[nodiscard]] BlockTQ1_0 ungroup_block(const GroupedTQ1_0& grouped);
[[nodiscard]] BlockTQ2_0 ungroup_block(const GroupedTQ2_0& grouped);
[[nodiscard]] BlockQ1_0 ungroup_block(const GroupedQ1_0& grouped);
[[nodiscard]] BlockQ2_0 ungroup_block(const GroupedQ2_0& grouped);

} // namespace rocmforge::cpu
