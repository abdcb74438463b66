// What the blocks of a layer share during one forward pass. Shapes are those of State, with one row
// per token of the batch.
#pragma once

#include "model/model.h"

#include <initializer_list>

namespace rocmforge {

/// A linear map of an input that others may share, limited to ± clamp; 0 = unlimited.
struct Output {
    float* out;
    const Linear& linear;
    float clamp = 0;
};

struct Pass {
    Backend& backend;
    const Config& config;
    const Activations& state;
    const Batch& batch;
    int n_tokens;

    /// Elements of a buffer that is n_embd wide.
    [[nodiscard]] int64_t embedding_size() const { return int64_t{n_tokens} * config.n_embd; }

    /// q (n_tokens, width) grows with the position in models that have this.
    void tune_temperature(float* q, int64_t width) const
    {
        if (config.temperature_scale > 0)
            backend.scale_by_position(q, batch, config.temperature_scale, config.temperature_length, width);
    }

    /// Each out (n_tokens, n_out) = its linear(x); up to three.
    void project(std::initializer_list<Output> outputs, const float* x, const Norm* norm) const;
    /// out (n_tokens, n_out) = linear(x)
    void project(float* out, const float* x, const Linear& linear, const Norm* norm = nullptr) const
    {
        project({{out, linear}}, x, norm);
    }
};

/// For steps whose norm is optional: null where the architecture has none.
[[nodiscard]] inline const Norm* if_present(const Norm& norm)
{
    return norm.weight ? &norm : nullptr;
}

/// state.x += residual_scale · post_norm(linear(y)): how a block's result joins the residual stream, which
/// next_norm reads.
void add_to_residual(const Pass& pass, const float* y, const Linear& linear, const Norm& post_norm,
                     const Norm& next_norm);

/// The same for a share that is complete already: state.share (n_tokens, n_embd).
void add_share_to_residual(const Pass& pass, const Norm& post_norm);

/// state.y (n_tokens, n_heads · v_head_dim) = attention of the normed residual stream over the cache,
/// to which the batch's keys and values are appended.
void attention(const Pass& pass, const Layer& layer, const KvLayer& kv);

/// state.h (n_tokens, n_ff) = activation(gate) ∘ up of norm(x), or activation(up) where there is no
/// gate: what `ffn.down` reads. x (n_tokens, n_embd).
void feed_forward(const Pass& pass, const float* x, const FeedForwardLayer& ffn, const Norm& norm);

} // namespace rocmforge
