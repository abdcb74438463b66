// One layer: how its blocks and the residual stream go together.
#pragma once

#include "model/blocks/mixture_of_experts.h"
#include "model/blocks/passes.h"

namespace rocmforge {

/// What a layer remembers of earlier tokens.
struct LayerMemory {
    const KvLayer& kv;
    const StateSlots* states; ///< of a recurrent layer
};

/// state.x, or state.streams, after layer number `index`. The errors of mixture_of_experts().
[[nodiscard]] Status run_layer(Passes& passes, ExpertSite site, const Layer& layer, int index,
                               const LayerMemory& memory);

} // namespace rocmforge
