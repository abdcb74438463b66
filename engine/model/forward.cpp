#include "model/finite.h"
#include "model/model.h"

#include <algorithm>

namespace rocmforge {
namespace {

Status check(const Batch& batch, const State& state, const Config& config)
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
    return {};
}

/// The layers' steps over one batch. Shapes are those of State, with n_tokens rows.
class Pass {
public:
    Pass(Backend& backend, const Config& config, const State& state, const Batch& batch)
        : backend_(backend)
        , c_(config)
        , s_(state)
        , batch_(batch)
        , n_(batch.n_tokens())
    {
    }

    void attention(const Layer& layer, const KvLayer& kv)
    {
        const Projection qkv[] = {
            {s_.q, &layer.attn_q.weight, layer.attn_q.bias},
            {s_.k, &layer.attn_k.weight, layer.attn_k.bias},
            {s_.v, &layer.attn_v.weight, layer.attn_v.bias},
        };
        backend_.project(qkv, s_.x, &layer.attn_norm, n_);
        backend_.rope_append(s_.q, s_.k, s_.v, kv, batch_, layer.rope, layer.attention.n_heads);
        backend_.attention(s_.y, s_.q, kv, batch_, layer.attention);
        add(s_.y, layer.attn_output);
    }

    void feed_forward(const Layer& layer)
    {
        if (layer.ffn_gate.bias || layer.ffn_up.bias)
            biased_gate(layer);
        else
            backend_.gated_ffn(s_.h, s_.x, layer.ffn_gate.weight, layer.ffn_up.weight, layer.ffn_norm,
                               c_.activation, n_);
        add(s_.h, layer.ffn_down);
    }

private:
    /// h = activation(norm(x) · gateᵀ + bias) ∘ (norm(x) · upᵀ + bias)
    void biased_gate(const Layer& layer)
    {
        const Projection gate_up[] = {
            {s_.gate, &layer.ffn_gate.weight, layer.ffn_gate.bias},
            {s_.h, &layer.ffn_up.weight, layer.ffn_up.bias},
        };
        backend_.project(gate_up, s_.x, &layer.ffn_norm, n_);
        backend_.activate(s_.h, s_.gate, s_.h, c_.activation, n_ * layer.ffn_up.weight.n_out);
    }

    /// x += the layer's share, computed from y.
    void add(const float* y, const Linear& output)
    {
        backend_.project_residual(s_.x, y, output.weight, output.bias, c_.residual_scale, n_);
    }

    Backend& backend_;
    const Config& c_;
    const State& s_;
    const Batch& batch_;
    int n_;
};

} // namespace

Result<std::span<const float>> Model::forward(State& state, const KvCache& cache, const Batch& batch) const
{
    TRY_STATUS(check(batch, state, config_));
    Pass pass(*backend_, config_, state, batch);

    backend_->begin(batch);
    backend_->embed(state.x, weights_.token_embd, batch.tokens, config_.embedding_scale);
    for (int l = 0; l < config_.n_layers; ++l) {
        const Layer& layer = weights_.layers[static_cast<size_t>(l)];
        pass.attention(layer, cache.layer(l));
        pass.feed_forward(layer);
    }
    backend_->logits(state.logits, state.x, batch, weights_.output_norm, weights_.output,
                     config_.logit_scale);

    const std::span logits(state.host_logits.data(),
                           static_cast<size_t>(batch.n_outputs()) * static_cast<size_t>(config_.vocab_size));
    backend_->download(logits.data(), state.logits, static_cast<int64_t>(logits.size_bytes()));
    TRY_STATUS(backend_->synchronize());
    if (!all_finite(logits))
        return fail(ErrorKind::non_finite_weights, "The model computed values that are not numbers.",
                    "Its file may be damaged: download it again or choose another conversion.");
    return logits;
}

} // namespace rocmforge
