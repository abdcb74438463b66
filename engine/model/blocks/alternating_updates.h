// Several residual streams, of which a layer's blocks read and write only the first: the layer predicts
// all of them by mixing them, and corrects the predictions by what its blocks made of the first one
// (AltUp, arXiv:2301.13310). Beside attention there is a low-rank map (LAuReL, arXiv:2411.07501).
#pragma once

#include "model/blocks/pass.h"
#include "model/layer_plan.h"

namespace rocmforge {

/// One matrix for each stream but the first, kept as one tensor.
[[nodiscard]] Status plan_streams(const LayerPlan& plan, std::vector<Linear>& streams,
                                  std::string_view tensor);
[[nodiscard]] Status plan_streams_layer(const LayerPlan& plan, StreamsLayer& streams);
/// What the layer has that is in no tensor.
[[nodiscard]] Status finish_streams(StreamsLayer& streams, const Config& config, Backend& backend);

/// state.streams (n_tokens, n_streams, n_embd) from the embeddings in state.x.
void spread_streams(const Pass& pass, const Weights& weights);
/// state.streams = the layer's predictions; state.x = the first of them.
void predict_streams(const Pass& pass, const StreamsLayer& streams);
/// state.normed = the norm of state.x and the low-rank map of it. Attention leaves it as it is.
void map_beside_attention(const Pass& pass, const Layer& layer);
/// state.x = (state.x + state.normed) / √2
void add_map_beside_attention(const Pass& pass);
/// state.streams are corrected by state.x, and get the share of layer number `index`'s own embedding.
void correct_streams(const Pass& pass, const Layer& layer, int index);
/// state.x = the mean of the streams, each mapped back.
void join_streams(const Pass& pass, const Weights& weights);

} // namespace rocmforge
