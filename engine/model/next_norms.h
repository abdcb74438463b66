// Which norm reads the residual stream after what a block added to it.
#pragma once

#include "model/model.h"

namespace rocmforge {

/// Fills in each layer's after_attention and after_ffn, once their weights are there.
void find_next_norms(Weights& weights, const Placement& placement);

} // namespace rocmforge
