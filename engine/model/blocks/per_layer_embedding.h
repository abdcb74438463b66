// Embeddings of each layer's own (Gemma 3n): looked up by token, mixed with a projection of the
// input, and added behind a gate after each layer.
#pragma once

#include "model/blocks/pass.h"
#include "model/layer_plan.h"

namespace rocmforge {

[[nodiscard]] Status plan_per_layer_embedding(const LayerPlan& plan, Weights& weights);
[[nodiscard]] Status plan_per_layer_gate(const LayerPlan& plan, Layer& layer);

/// state.per_layer (n_tokens, n_layers, n_embd_per_layer) from the tokens and their embeddings in state.x.
void per_layer_embedding(const Pass& pass, const Weights& weights);
/// state.share = what layer number `index` adds, by state.x.
void per_layer_share(const Pass& pass, const Layer& layer, int index);
/// state.x += the share of layer number `index`.
void add_per_layer_embedding(const Pass& pass, const Layer& layer, int index);

} // namespace rocmforge
