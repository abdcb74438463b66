#include "model/blocks/pass.h"

namespace rocmforge {
namespace {

/// Norms a buffer of (n_tokens, width) where the architecture does so.
void norm_heads(const Pass& pass, float* heads, const Norm& norm, int64_t width)
{
    if (norm.weight)
        pass.backend.norm(heads, heads, norm, pass.n_tokens * norm.groups, width / norm.groups);
}

/// Projects queries and gates, which lie together head by head, and parts them.
void queries_and_gates(const Pass& pass, const Layer& layer, int64_t head_dim)
{
    const Activations& s = pass.state;
    const int64_t n_heads = int64_t{pass.n_tokens} * layer.attention.n_heads;
    pass.project(s.q_gate, s.x, layer.attn_q, if_present(layer.attn_norm));
    pass.backend.copy_rows(s.q, head_dim, s.q_gate, 2 * head_dim, head_dim, n_heads);
    pass.backend.copy_rows(s.attn_gate, head_dim, s.q_gate + head_dim, 2 * head_dim, head_dim, n_heads);
}

/// state.q from the normed residual stream; state.k and state.v go to the cache.
void queries_and_cache(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const auto& [backend, c, s, batch, n] = pass;
    const Norm* norm = if_present(layer.attn_norm);
    const Output q{s.q, layer.attn_q, c.qkv_clamp}, k{s.k, layer.attn_k, c.qkv_clamp},
        v{s.v, layer.attn_v, c.qkv_clamp};
    const bool merged_gate = layer.gated_attention && !layer.attn_gate.weight;
    if (merged_gate)
        queries_and_gates(pass, layer, kv.k_head_dim);
    else if (layer.gated_attention)
        pass.project(s.attn_gate, s.x, layer.attn_gate, norm);
    if (merged_gate)
        pass.project({k, v}, s.x, norm);
    else
        pass.project({q, k, v}, s.x, norm);
    norm_heads(pass, s.q, layer.attn_q_norm, layer.attn_q.weight.n_out);
    norm_heads(pass, s.k, layer.attn_k_norm, layer.attn_k.weight.n_out);
    norm_heads(pass, s.v, layer.attn_v_norm, layer.attn_v.weight.n_out);
    backend.rope_append(s.q, s.k, s.v, kv, batch, layer.rope, layer.attention.n_heads);
}

/// state.q of a layer that reads the cache of another.
void queries(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const Activations& s = pass.state;
    pass.project(s.q, s.x, layer.attn_q, if_present(layer.attn_norm));
    norm_heads(pass, s.q, layer.attn_q_norm, layer.attn_q.weight.n_out);
    pass.backend.rotate_queries(s.q, pass.batch, layer.rope, layer.attention.n_heads, kv.k_head_dim);
}

} // namespace

void attention(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const auto& [backend, c, s, batch, n] = pass;
    if (layer.attn_k.weight)
        queries_and_cache(pass, layer, kv);
    else
        queries(pass, layer, kv);
    pass.tune_temperature(s.q, layer.attn_q.weight.n_out);
    backend.attention(s.y, s.q, kv, batch, layer.attention);
    if (layer.gated_attention)
        backend.gate_by_sigmoid(s.y, s.attn_gate, n * layer.attn_output.weight.n_in, 1);
    norm_heads(pass, s.y, layer.attn_inner_norm, layer.attn_output.weight.n_in);
}

} // namespace rocmforge
