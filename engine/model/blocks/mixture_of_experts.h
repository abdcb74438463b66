// Mixture of experts: a router chooses some feed-forward networks for each token; a shared one may
// join them for all.
#pragma once

#include "model/blocks/passes.h"
#include "model/layer_plan.h"

namespace rocmforge {

/// All but the experts.
[[nodiscard]] Status plan_mixture_of_experts(const LayerPlan& plan, MoeLayer& moe);
[[nodiscard]] Status plan_experts(const LayerPlan& plan, MoeLayer& moe);

/// Where a layer is computed, and its experts.
struct ExpertSite {
    int layer = 0;
    int experts = 0;
};

/// The routes that mixture_of_experts() takes in models whose router reads the layer's input, state.x.
void choose_experts_of_layer_input(const Pass& pass, const MoeLayer& moe);

/// state.share (n_tokens, n_embd) = the mixture of experts of the normed residual stream. The errors of
/// the steps before where the experts are on a device of their own.
[[nodiscard]] Status mixture_of_experts(Passes& passes, ExpertSite site, const Layer& layer);

} // namespace rocmforge
