// Elements of the KV cache: F32, or F16 by its bits.
#pragma once

#include "kernels/device.h"
#include "quant/half.h"

namespace rocmforge::device {

using Half = uint16_t;

DEVICE inline float to_float(float element)
{
    return element;
}
DEVICE inline float to_float(Half element)
{
    return half_to_float(element);
}

DEVICE inline void store(float* element, float value)
{
    *element = value;
}
DEVICE inline void store(Half* element, float value)
{
    *element = float_to_half(value);
}

} // namespace rocmforge::device
