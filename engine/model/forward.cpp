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

const Norm* if_present(const Norm& norm)
{
    return norm.weight ? &norm : nullptr;
}

/// The steps over one batch. Shapes are those of State, with n_tokens rows.
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

    void embed(const Weights& w)
    {
        backend_.begin(batch_);
        backend_.embed(s_.x, w.token_embd, batch_.tokens, c_.embedding_scale);
        if (w.position_embd) {
            backend_.embed(s_.share, w.position_embd, batch_.positions, 1);
            backend_.add(s_.x, s_.share, 1, embedding_size());
        }
        if (w.token_embd_norm.weight)
            backend_.norm(s_.x, s_.x, w.token_embd_norm, n_, c_.n_embd);
    }

    void layer(const Layer& layer, const KvLayer& kv)
    {
        attention(layer, kv);
        if (!layer.parallel)
            add(s_.y, layer.attn_output, layer.attn_post_norm);
        feed_forward(layer);
        if (layer.parallel)
            add(s_.y, layer.attn_output, layer.attn_post_norm);
        add(s_.h, layer.ffn_down, layer.ffn_post_norm);
    }

    void logits(const Weights& w)
    {
        backend_.logits(s_.logits, s_.x, batch_, w.output_norm, w.output, c_.logit_scale);
        if (w.output_bias)
            backend_.add_bias(s_.logits, w.output_bias, batch_.n_outputs(), c_.vocab_size);
        if (c_.logit_soft_cap > 0)
            backend_.soft_cap(s_.logits, c_.logit_soft_cap, int64_t{batch_.n_outputs()} * c_.vocab_size);
    }

private:
    /// y = attention over the cache, to which this batch is added.
    void attention(const Layer& layer, const KvLayer& kv)
    {
        const Projection qkv[] = {
            {s_.q, &layer.attn_q.weight, layer.attn_q.bias, c_.qkv_clamp},
            {s_.k, &layer.attn_k.weight, layer.attn_k.bias, c_.qkv_clamp},
            {s_.v, &layer.attn_v.weight, layer.attn_v.bias, c_.qkv_clamp},
        };
        const int64_t q_width = layer.attn_q.weight.n_out;
        backend_.project(qkv, s_.x, if_present(layer.attn_norm), n_);
        norm_heads(s_.q, layer.attn_q_norm, q_width);
        norm_heads(s_.k, layer.attn_k_norm, layer.attn_k.weight.n_out);
        backend_.rope_append(s_.q, s_.k, s_.v, kv, batch_, layer.rope, layer.attention.n_heads);
        if (c_.temperature_scale > 0)
            backend_.scale_by_position(s_.q, batch_, c_.temperature_scale, c_.temperature_length, q_width);
        backend_.attention(s_.y, s_.q, kv, batch_, layer.attention);
    }

    void norm_heads(float* heads, const Norm& norm, int64_t width)
    {
        if (norm.weight)
            backend_.norm(heads, heads, norm, n_ * norm.groups, width / norm.groups);
    }

    /// h = what ffn_down reads
    void feed_forward(const Layer& layer)
    {
        const Linear& gate = layer.ffn_gate;
        const Linear& up = layer.ffn_up;
        const bool fused = gate.weight && !gate.bias && !up.bias && layer.ffn_norm.weight;
        if (fused)
            backend_.gated_ffn(s_.h, s_.x, gate.weight, up.weight, layer.ffn_norm, c_.activation, n_);
        else
            gate_and_activate(gate, up, if_present(layer.ffn_norm));
    }

    /// h = activation(gate) ∘ up, or activation(up) where there is no gate
    void gate_and_activate(const Linear& gate, const Linear& up, const Norm* norm)
    {
        const Projection projections[] = {{s_.h, &up.weight, up.bias}, {s_.gate, &gate.weight, gate.bias}};
        const int64_t size = n_ * up.weight.n_out;
        backend_.project(std::span(projections).first(gate.weight ? 2 : 1), s_.x, norm, n_);
        if (gate.weight)
            backend_.activate(s_.h, s_.gate, s_.h, c_.activation, size);
        else
            backend_.activate(s_.h, s_.h, nullptr, c_.activation, size);
    }

    /// x += the block's share, computed from y.
    void add(const float* y, const Linear& output, const Norm& post_norm)
    {
        if (!post_norm.weight) {
            backend_.project_residual(s_.x, y, output.weight, output.bias, c_.residual_scale, n_);
            return;
        }
        const Projection share{s_.share, &output.weight, output.bias};
        backend_.project({&share, 1}, y, nullptr, n_);
        backend_.norm(s_.share, s_.share, post_norm, n_, c_.n_embd);
        backend_.add(s_.x, s_.share, c_.residual_scale, embedding_size());
    }

    [[nodiscard]] int64_t embedding_size() const { return int64_t{n_} * c_.n_embd; }

    Backend& backend_;
    const Config& c_;
    const State& s_;
    const Batch& batch_;
    int n_;
};

} // namespace

Result<std::span<const float>> Model::forward(State& state, const KvCache& cache, const Batch& batch) const
{
    TRY_STATUS(check(batch, state, config_, bool(weights_.position_embd)));
    Pass pass(*backend_, config_, state, batch);
    pass.embed(weights_);
    for (int l = 0; l < config_.n_layers; ++l)
        pass.layer(weights_.layers[static_cast<size_t>(l)], cache.layer(l));
    pass.logits(weights_);

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
