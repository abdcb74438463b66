#include "model/blocks/latent_attention.h"
#include "model/blocks/mixture_of_experts.h"
#include "model/blocks/pass.h"
#include "model/blocks/per_layer_embedding.h"
#include "model/blocks/recurrent.h"
#include "model/finite.h"
#include "model/model.h"

#include <algorithm>

namespace rocmforge {
namespace {

Status check(const Batch& batch, const State& state, const Config& config, bool learned_positions)
{
    if (batch.n_tokens() > state.max_tokens || batch.n_outputs() > state.max_outputs)
        return fail(ErrorKind::invalid_request,
                    "A step of " + std::to_string(batch.n_tokens()) + " tokens with "
                        + std::to_string(batch.n_outputs()) + " outputs is more than the state holds.");
    const auto exists = [&](int32_t token) { return token >= 0 && token < config.vocab_size; };
    if (!std::ranges::all_of(batch.tokens, exists))
        return fail(ErrorKind::invalid_request,
                    "The prompt names a token that the model's vocabulary of "
                        + std::to_string(config.vocab_size) + " does not have.");
    const auto learned = [&](int32_t position) { return position < config.n_ctx_train; };
    if (learned_positions && !std::ranges::all_of(batch.positions, learned))
        return fail(ErrorKind::context_full,
                    "The model has learned positions for " + std::to_string(config.n_ctx_train)
                        + " tokens only.",
                    "Start a new chat, or shorten this one.");
    return {};
}

Status check_slots(const Batch& batch, const RecurrentCache& recurrent, const Config& config)
{
    if (config.recurrent.kind == RecurrentKind::none)
        return {};
    for (const BatchSequence& sequence : batch.sequences)
        if (sequence.slot < 0 || sequence.slot >= recurrent.n_slots())
            return fail(ErrorKind::invalid_request,
                        "A sequence has no slot for the states of the model's recurrent layers.");
    return {};
}

void embed(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.begin(batch);
    backend.embed(s.x, w.token_embd, batch.tokens, c.embedding_scale);
    if (w.position_embd) {
        backend.embed(s.share, w.position_embd, batch.positions, 1);
        backend.add(s.x, s.share, 1, pass.embedding_size());
    }
    if (w.token_embd_norm.weight)
        backend.norm(s.x, s.x, w.token_embd_norm, n, c.n_embd);
    if (w.per_layer_embd)
        per_layer_embedding(pass, w);
}

void recurrent_block(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    recurrent(pass, layer, states);
    add_to_residual(pass, pass.state.y, layer.attn_output, layer.attn_post_norm);
}

void attention_block(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const bool latent = bool(layer.latent.kv_down);
    if (latent)
        latent_attention(pass, layer, kv);
    else
        attention(pass, layer, kv);
    const float* y = latent ? pass.state.latent_heads : pass.state.y;
    add_to_residual(pass, y, layer.attn_output, layer.attn_post_norm);
}

void feed_forward_block(const Pass& pass, const Layer& layer)
{
    if (!layer.moe.experts.empty()) {
        mixture_of_experts(pass, layer);
        add_share_to_residual(pass, layer.ffn_post_norm);
        return;
    }
    if (!layer.ffn.up.weight)
        return;
    feed_forward(pass, pass.state.x, layer.ffn, layer.ffn_norm);
    add_to_residual(pass, pass.state.h, layer.ffn.down, layer.ffn_post_norm);
}

/// Both blocks read the residual stream before either adds to it.
void parallel_blocks(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    attention(pass, layer, kv);
    feed_forward(pass, pass.state.x, layer.ffn, layer.ffn_norm);
    add_to_residual(pass, pass.state.y, layer.attn_output, layer.attn_post_norm);
    add_to_residual(pass, pass.state.h, layer.ffn.down, layer.ffn_post_norm);
}

void logits(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.logits(s.logits, s.x, batch, w.output_norm, w.output, c.logit_scale);
    if (w.output_bias)
        backend.add_bias(s.logits, w.output_bias, batch.n_outputs(), c.vocab_size);
    if (c.logit_soft_cap > 0)
        backend.soft_cap(s.logits, c.logit_soft_cap, int64_t{batch.n_outputs()} * c.vocab_size);
}

} // namespace

Result<std::span<const float>> Model::forward(State& state, const KvCache& cache, const Batch& batch,
                                              const RecurrentCache& recurrent) const
{
    TRY_STATUS(check(batch, state, config_, bool(weights_.position_embd)));
    TRY_STATUS(check_slots(batch, recurrent, config_));
    const Pass pass{*backend_, config_, state, batch, batch.n_tokens()};
    embed(pass, weights_);
    for (int l = 0; l < config_.n_layers; ++l) {
        const Layer& layer = weights_.layers[static_cast<size_t>(l)];
        const KvLayer& kv = cache.layer(config_.layers[static_cast<size_t>(l)].kv_layer);
        if (layer.parallel) {
            parallel_blocks(pass, layer, kv);
        } else {
            if (layer.is_recurrent)
                recurrent_block(pass, layer, recurrent.layer(l));
            else
                attention_block(pass, layer, kv);
            feed_forward_block(pass, layer);
        }
        if (layer.per_layer_gate.weight)
            add_per_layer_embedding(pass, layer, l);
        if (layer.scale != 1)
            backend_->scale(state.x, layer.scale, pass.embedding_size());
    }
    logits(pass, weights_);
    return download_logits(state, batch);
}

Result<std::span<const float>> Model::download_logits(State& state, const Batch& batch) const
{
    const std::span values(state.host_logits.data(),
                           static_cast<size_t>(batch.n_outputs()) * static_cast<size_t>(config_.vocab_size));
    backend_->download(values.data(), state.logits, static_cast<int64_t>(values.size_bytes()));
    TRY_STATUS(backend_->synchronize());
    if (!all_finite(values))
        return fail(ErrorKind::non_finite_weights, "The model computed values that are not numbers.",
                    "Its file may be damaged: download it again or choose another conversion.");
    return values;
}

} // namespace rocmforge
