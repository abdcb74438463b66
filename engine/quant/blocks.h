// The block layouts of all formats, and what is common to them: a block consists of groups of
// Block::group consecutive weights that dequantize_group() expands each by itself, so that many lanes
// of a device can share a block.
#pragma once

#include "quant/floats.h"
#include "quant/iq1.h"
#include "quant/iq2.h"
#include "quant/iq3.h"
#include "quant/iq4.h"
#include "quant/mxfp4.h"
#include "quant/nvfp4.h"
#include "quant/q1_0.h"
#include "quant/q2_0.h"
#include "quant/q2_k.h"
#include "quant/q3_k.h"
#include "quant/q4.h"
#include "quant/q4_k.h"
#include "quant/q5.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"
#include "quant/q8_0.h"
#include "quant/ternary.h"

namespace rocmforge {

/// y (Block::weights) = the weights of a block.
template <typename Block> ROCMFORGE_HOST_DEVICE inline void dequantize(const Block& block, float* y)
{
    for (int g = 0; g < Block::weights / Block::group; ++g)
        dequantize_group(block, g, y + g * Block::group);
}

} // namespace rocmforge
