// F32, F16 and BF16: one weight per block.
#pragma once

#include "quant/half.h"

namespace rocmforge {

struct BlockF32 {
    static constexpr int weights = 1;
    static constexpr int group = 1;
    float value;
};
static_assert(sizeof(BlockF32) == 4);

struct BlockF16 {
    static constexpr int weights = 1;
    static constexpr int group = 1;
    uint16_t value;
};
static_assert(sizeof(BlockF16) == 2);

struct BlockBF16 {
    static constexpr int weights = 1;
    static constexpr int group = 1;
    uint16_t value;
};
static_assert(sizeof(BlockBF16) == 2);

ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockF32& block, int, float* y)
{
    *y = block.value;
}
ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockF16& block, int, float* y)
{
    *y = half_to_float(block.value);
}
ROCMFORGE_HOST_DEVICE inline void dequantize_group(const BlockBF16& block, int, float* y)
{
    *y = bfloat16_to_float(block.value);
}

} // namespace rocmforge
