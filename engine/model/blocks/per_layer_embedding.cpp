#include "model/blocks/per_layer_embedding.h"

#include <cmath>
#include <numbers>

namespace rocmforge {
namespace {

Extent own_width(const Config& config)
{
    return {config.n_embd_per_layer, "embedding length per layer"};
}

} // namespace

Status plan_per_layer_embedding(const LayerPlan& plan, Weights& weights)
{
    const Config& c = plan.config();
    const Extent all_layers{int64_t{c.n_layers} * c.n_embd_per_layer,
                            "layers times embedding length per layer"};
    const Extent vocab{c.vocab_size, "tokens in the vocabulary"};
    TRY_STATUS(plan.matrix(weights.per_layer_embd, "per_layer_token_embd.weight", all_layers, vocab));
    TRY_STATUS(plan.norm(weights.per_layer_norm, "per_layer_proj_norm", own_width(c)));
    // The projection is divided by sqrt(n_embd), which its norm undoes but for the epsilon.
    weights.per_layer_norm.eps *= static_cast<float>(c.n_embd);
    return plan.linears({{&weights.per_layer_project, "per_layer_model_proj", plan.embd(), all_layers}});
}

Status plan_per_layer_gate(const LayerPlan& plan, Layer& layer)
{
    const Extent own = own_width(plan.config());
    TRY_STATUS(plan.norm(layer.per_layer_post_norm, "post_norm", plan.embd()));
    return plan.linears({
        {&layer.per_layer_gate, "inp_gate", plan.embd(), own},
        {&layer.per_layer_output, "proj", own, plan.embd()},
    });
}

void per_layer_embedding(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    const float half = static_cast<float>(1 / std::numbers::sqrt2); // of the power of each of the two
    const float scale = half * std::sqrt(static_cast<float>(c.n_embd_per_layer));
    backend.embed(s.per_layer, w.per_layer_embd, batch.tokens, scale);
    pass.project(s.per_layer_share, s.x, w.per_layer_project);
    backend.norm(s.per_layer_share, s.per_layer_share, w.per_layer_norm, n * c.n_layers, c.n_embd_per_layer);
    backend.add(s.per_layer, s.per_layer_share, half, n * w.per_layer_project.weight.n_out);
}

void per_layer_share(const Pass& pass, const Layer& layer, int index)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t own = c.n_embd_per_layer;
    pass.project(s.gate, s.x, layer.per_layer_gate);
    backend.copy_rows(s.h, own, s.per_layer + index * own, c.n_layers * own, own, n);
    backend.activate(s.h, s.gate, s.h, c.activation, n * own);
    pass.project(s.share, s.h, layer.per_layer_output);
    backend.norm(s.share, s.share, layer.per_layer_post_norm, n, c.n_embd);
}

void add_per_layer_embedding(const Pass& pass, const Layer& layer, int index)
{
    per_layer_share(pass, layer, index);
    pass.backend.add(pass.state.x, pass.state.share, 1, pass.embedding_size());
}

} // namespace rocmforge
