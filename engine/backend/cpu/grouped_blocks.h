// K-quant blocks with the bits of each group of 32 weights side by side, as the kernels read them:
// front to back, once. The files' own blocks scatter a group's bits over the block. Of the same size,
// and nothing is lost.
//
// Within a group a "quad" is four consecutive weights, numbered 0 … 7; weight 4 q + i is byte i of
// quad q. Unless said otherwise the bits lie in planes, see bit_planes.h: byte j of four bits per weight
// holds weight j in its low and weight j + 16 in its high half.
#pragma once

#include "quant/q2_k.h"
#include "quant/q3_k.h"
#include "quant/q4_k.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {

struct GroupedQ2_K {
    static constexpr int weights = 256;
    struct Group {
        uint8_t qs[8];
    };
    uint16_t d;
    uint16_t dmin;
    uint8_t scales[16]; ///< as in the file
    Group groups[8];
};
static_assert(sizeof(GroupedQ2_K) == sizeof(BlockQ2_K));

struct GroupedQ3_K {
    static constexpr int weights = 256;
    struct Group {
        uint8_t qs[12];
    };
    uint16_t d;
    uint8_t scales[12]; ///< as in the file
    Group groups[8];
};
static_assert(sizeof(GroupedQ3_K) == sizeof(BlockQ3_K));

struct GroupedQ4_K {
    static constexpr int weights = 256;
    struct Group {
        uint8_t qs[16];
    };
    uint16_t d;
    uint16_t dmin;
    uint8_t scales[12]; ///< see k_scales.h
    Group groups[8];
};
static_assert(sizeof(GroupedQ4_K) == sizeof(BlockQ4_K));

struct GroupedQ5_K {
    static constexpr int weights = 256;
    struct Group {
        uint8_t qh[4]; ///< the fifth bits
        uint8_t qs[16];
    };
    uint16_t d;
    uint16_t dmin;
    uint8_t scales[12]; ///< see k_scales.h
    Group groups[8];
};
static_assert(sizeof(GroupedQ5_K) == sizeof(BlockQ5_K));

struct GroupedQ6_K {
    static constexpr int weights = 256;
    struct Group {
        /// Byte 4 h + i holds the high two bits of four weights 4 q + i: q = 2 h, 2 h + 1, 2 h + 4
        /// and 2 h + 5, from the lowest bits up.
        uint8_t qh[8];
        uint8_t qs[16];
    };
    uint16_t d;
    int8_t scales[16];
    Group groups[8];
};
static_assert(sizeof(GroupedQ6_K) == sizeof(BlockQ6_K));

[[nodiscard]] GroupedQ2_K group_block(const BlockQ2_K& block);
[[nodiscard]] GroupedQ3_K group_block(const BlockQ3_K& block);
[[nodiscard]] GroupedQ4_K group_block(const BlockQ4_K& block);
[[nodiscard]] GroupedQ5_K group_block(const BlockQ5_K& block);
[[nodiscard]] GroupedQ6_K group_block(const BlockQ6_K& block);

[[nodiscard]] BlockQ2_K ungroup_block(const GroupedQ2_K& grouped);
[[nodiscard]] BlockQ3_K ungroup_block(const GroupedQ3_K& grouped);
[[nodiscard]] BlockQ4_K ungroup_block(const GroupedQ4_K& grouped);
[[nodiscard]] BlockQ5_K ungroup_block(const GroupedQ5_K& grouped);
[[nodiscard]] BlockQ6_K ungroup_block(const GroupedQ6_K& grouped);

} // namespace rocmforge::cpu
