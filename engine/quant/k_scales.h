// The 12 bytes in which Q4_K and Q5_K keep eight 6-bit scales and eight 6-bit mins:
// bytes 0-3 and 4-7 are scales and mins 0-3, their upper two bits the upper bits of scales and
// mins 4-7, whose lower four bits are the halves of bytes 8-11.
#pragma once

#include "quant/device.h"

namespace rocmforge {

ROCMFORGE_HOST_DEVICE inline int k_scale(const uint8_t* scales, int g)
{
    return g < 4 ? scales[g] & 63 : (scales[g + 4] & 15) | (scales[g - 4] >> 6) << 4;
}

ROCMFORGE_HOST_DEVICE inline int k_min(const uint8_t* scales, int g)
{
    return g < 4 ? scales[g + 4] & 63 : (scales[g + 4] >> 4) | (scales[g] >> 6) << 4;
}

} // namespace rocmforge
