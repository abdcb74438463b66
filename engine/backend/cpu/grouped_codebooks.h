// Blocks of the codebook formats with the values of the codebook's entries in place of their indices,
// as the kernels read them: a lookup per entry and row would be several times slower than arithmetic
// on all rows. Nothing is lost, as every entry is in a codebook once; but these blocks are larger than
// the files': by 22 % (IQ3_S), 29 % (IQ2_S), 37 % (IQ3_XXS), about 40 % (IQ1, IQ2_XS) and 55 %
// (IQ2_XXS).
//
// The groups' codes lie in planes, see bit_planes.h. Scales have four bits, the first in the low half
// of a byte.
#pragma once

#include "quant/iq1.h"
#include "quant/iq2.h"
#include "quant/iq3.h"

#include <cstdint>

namespace rocmforge::cpu {

/// Values 0 … 2 of 32 weights.
struct GroupIQ1 {
    uint8_t qs[8];
};

/// weight = scale · (value - 1 + 1/8): where the file shifts down, scale and value have changed signs.
struct GroupedIQ1_S {
    static constexpr int weights = 256;
    using Group = GroupIQ1;
    uint16_t d;
    uint8_t scales[4]; ///< scale = d · (2 · (four bits) - 15), of 32 weights
    Group groups[8];
};
static_assert(sizeof(GroupedIQ1_S) == 70);

struct GroupedIQ1_M {
    static constexpr int weights = 256;
    using Group = GroupIQ1;
    uint16_t d;
    uint16_t scales[2][2]; ///< of groups 0 … 3 and 4 … 7: their first and second halves', odd numbers
    uint16_t shifts[2]; ///< of even and odd octets; bit o / 2 is set where octet o is shifted up
    Group groups[8];
};
static_assert(sizeof(GroupedIQ1_M) == 78);

/// 32 weights, numbered 1 … 6 as they ascend: three magnitudes and their negatives.
struct GroupIQ2 {
    static constexpr int first_positive = 4;
    uint8_t qs[12];
};

struct GroupedIQ2_XXS {
    static constexpr int weights = 256;
    using Group = GroupIQ2;
    uint16_t d;
    uint8_t scales[4]; ///< of 32 weights
    Group groups[8];
};
static_assert(sizeof(GroupedIQ2_XXS) == 102);

struct GroupedIQ2 {
    static constexpr int weights = 256;
    using Group = GroupIQ2;
    uint16_t d;
    uint8_t scales[8]; ///< of 16 weights
    Group groups[8];
};
struct GroupedIQ2_XS : GroupedIQ2 { };
struct GroupedIQ2_S : GroupedIQ2 { };
static_assert(sizeof(GroupedIQ2_XS) == 106 && sizeof(GroupedIQ2_S) == 106);

struct GroupedIQ3 {
    static constexpr int weights = 256;
    static constexpr int first_positive = 8;
    struct Group {
        uint8_t qs[16]; ///< weights, numbered as they ascend: eight magnitudes and their negatives
    };
    uint16_t d;
    uint8_t scales[4]; ///< of 32 weights
    Group groups[8];
};
struct GroupedIQ3_XXS : GroupedIQ3 { };
struct GroupedIQ3_S : GroupedIQ3 { };
static_assert(sizeof(GroupedIQ3_XXS) == 134 && sizeof(GroupedIQ3_S) == 134);

[[nodiscard]] GroupedIQ1_S group_block(const BlockIQ1_S& block);
[[nodiscard]] GroupedIQ1_M group_block(const BlockIQ1_M& block);
[[nodiscard]] GroupedIQ2_XXS group_block(const BlockIQ2_XXS& block);
[[nodiscard]] GroupedIQ2_XS group_block(const BlockIQ2_XS& block);
[[nodiscard]] GroupedIQ2_S group_block(const BlockIQ2_S& block);
[[nodiscard]] GroupedIQ3_XXS group_block(const BlockIQ3_XXS& block);
[[nodiscard]] GroupedIQ3_S group_block(const BlockIQ3_S& block);

[[nodiscard]] BlockIQ1_S ungroup_block(const GroupedIQ1_S& grouped);
[[nodiscard]] BlockIQ1_M ungroup_block(const GroupedIQ1_M& grouped);
[[nodiscard]] BlockIQ2_XXS ungroup_block(const GroupedIQ2_XXS& grouped);
[[nodiscard]] BlockIQ2_XS ungroup_block(const GroupedIQ2_XS& grouped);
[[nodiscard]] BlockIQ2_S ungroup_block(const GroupedIQ2_S& grouped);
[[nodiscard]] BlockIQ3_XXS ungroup_block(const GroupedIQ3_XXS& grouped);
[[nodiscard]] BlockIQ3_S ungroup_block(const GroupedIQ3_S& grouped);

} // namespace rocmforge::cpu
