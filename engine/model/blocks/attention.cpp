#include "model/blocks/pass.h"

namespace rocmforge {
namespace {

void norm_heads(const Pass& pass, float* heads, const Norm& norm, int64_t width)
{
    if (norm.weight)
        pass.backend.norm(heads, heads, norm, pass.n_tokens * norm.groups, width / norm.groups);
}

} // namespace

void attention(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t q_width = layer.attn_q.weight.n_out;
    const int64_t k_width = layer.attn_k.weight.n_out;
    const Projection qkv[] = {
        {s.q, &layer.attn_q.weight, layer.attn_q.bias, c.qkv_clamp},
        {s.k, &layer.attn_k.weight, layer.attn_k.bias, c.qkv_clamp},
        {s.v, &layer.attn_v.weight, layer.attn_v.bias, c.qkv_clamp},
    };
    backend.project(qkv, s.x, if_present(layer.attn_norm), n);
    norm_heads(pass, s.q, layer.attn_q_norm, q_width);
    norm_heads(pass, s.k, layer.attn_k_norm, k_width);
    backend.rope_append(s.q, s.k, s.v, kv, batch, layer.rope, layer.attention.n_heads);
    if (c.temperature_scale > 0)
        backend.scale_by_position(s.q, batch, c.temperature_scale, c.temperature_length, q_width);
    backend.attention(s.y, s.q, kv, batch, layer.attention);
}

} // namespace rocmforge
