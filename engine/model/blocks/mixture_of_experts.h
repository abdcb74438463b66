// Mixture of experts: a router chooses some feed-forward networks for each token; a shared one may
// join them for all.
#pragma once

#include "model/blocks/pass.h"
#include "model/layer_plan.h"

namespace rocmforge {

[[nodiscard]] Status plan_mixture_of_experts(const LayerPlan& plan, MoeLayer& moe);

/// state.share (n_tokens, n_embd) = the mixture of experts of the normed residual stream.
void mixture_of_experts(const Pass& pass, const Layer& layer);

} // namespace rocmforge
