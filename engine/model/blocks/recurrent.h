// Layers that keep a state of fixed size per sequence, each kind in a file of its own.
#pragma once

#include "model/blocks/pass.h"
#include "model/layer_plan.h"

namespace rocmforge {

/// All weights of a recurrent layer, its output projection included.
[[nodiscard]] Status plan_recurrent(const LayerPlan& plan, Layer& layer);
/// state.y = the layer's block of the normed residual stream: what `recurrent.output` reads. Advances the
/// states of the batch's sequences.
void recurrent(const Pass& pass, const Layer& layer, const StateSlots& states);

/// `name`.weight (conv_width, kernel) and, where present, `name`.bias.
[[nodiscard]] Status plan_convolution(const LayerPlan& plan, Convolution& convolution, std::string_view name);

[[nodiscard]] Status plan_short_convolution(const LayerPlan& plan, Layer& layer);
[[nodiscard]] Status plan_selective_scan(const LayerPlan& plan, Layer& layer);
[[nodiscard]] Status plan_grouped_scan(const LayerPlan& plan, Layer& layer);
[[nodiscard]] Status plan_multi_head_scan(const LayerPlan& plan, Layer& layer);
[[nodiscard]] Status plan_delta_net(const LayerPlan& plan, Layer& layer);

void short_convolution(const Pass& pass, const Layer& layer, const StateSlots& states);
void selective_scan(const Pass& pass, const Layer& layer, const StateSlots& states);
void multi_head_scan(const Pass& pass, const Layer& layer, const StateSlots& states);
void delta_net(const Pass& pass, const Layer& layer, const StateSlots& states);

} // namespace rocmforge
