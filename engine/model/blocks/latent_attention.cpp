#include "model/blocks/latent_attention.h"

namespace rocmforge {
namespace {

/// Files hold the expansion per head as two 3-D tensors, the keys' one transposed.
Status plan_expansion(const LayerPlan& plan, LatentAttention& latent, Extent rank)
{
    const LatentConfig& c = plan.config().latent;
    const int64_t n_heads = std::ssize(latent.q_to_latent);
    std::vector<RowBlock> keys, values;
    for (size_t h = 0; h < latent.q_to_latent.size(); ++h) {
        keys.push_back({&latent.q_to_latent[h], nullptr, c.kv_rank});
        values.push_back({&latent.latent_to_value[h], nullptr, c.value_dim});
    }
    TRY_STATUS(plan.weights().merged(keys, plan.name("attn_k_b.weight"),
                                     {c.unrotated_dim, "unrotated dimensions"},
                                     {n_heads * c.kv_rank, "heads times latent rank"}));
    return plan.weights().merged(values, plan.name("attn_v_b.weight"), rank,
                                 {n_heads * c.value_dim, "heads times value head dimension"});
}

/// Older files hold it as one matrix, whose rows are each head's keys and then its values.
Status plan_merged_expansion(const LayerPlan& plan, LatentAttention& latent, Extent rank)
{
    const LatentConfig& c = plan.config().latent;
    const int64_t head_rows = int64_t{c.unrotated_dim} + c.value_dim;
    const Extent rows{std::ssize(latent.q_to_latent) * head_rows, "heads times key and value dimensions"};
    const std::string name = plan.name("attn_kv_b.weight");
    for (size_t h = 0; h < latent.q_to_latent.size(); ++h) {
        const int64_t first = static_cast<int64_t>(h) * head_rows;
        TRY_STATUS(
            plan.weights().transposed(latent.q_to_latent[h], name, rank, rows, first, c.unrotated_dim));
        TRY_STATUS(plan.weights().rows(latent.latent_to_value[h], name, rank, rows, first + c.unrotated_dim,
                                       c.value_dim));
    }
    return {};
}

Status plan_queries(const LayerPlan& plan, LatentAttention& latent)
{
    const LatentConfig& c = plan.config().latent;
    const Extent heads{plan.layer().n_heads * c.head_dim(), "query heads times head dimension"};
    const Extent rank{c.q_rank, "query rank"};
    if (c.q_rank == 0)
        return plan.linears({{&latent.q_up, "attn_q", plan.embd(), heads}});
    TRY_STATUS(plan.norm(latent.q_norm, "attn_q_a_norm", rank));
    return plan.linears(
        {{&latent.q_down, "attn_q_a", plan.embd(), rank}, {&latent.q_up, "attn_q_b", rank, heads}});
}

/// state.latent_heads (n_tokens, n_heads, unrotated + rotated)
void queries(const Pass& pass, const Layer& layer)
{
    const Activations& s = pass.state;
    const LatentAttention& latent = layer.latent;
    if (!latent.q_down.weight) {
        pass.project(s.latent_heads, s.x, latent.q_up, &layer.attn_norm);
        return;
    }
    pass.project(s.latent_q, s.x, latent.q_down, &layer.attn_norm);
    pass.project(s.latent_heads, s.latent_q, latent.q_up, &latent.q_norm);
}

} // namespace

Status plan_latent_attention(const LayerPlan& plan, Layer& layer)
{
    const LatentConfig& c = plan.config().latent;
    const int n_heads = plan.layer().n_heads;
    const Extent rank{c.kv_rank, "latent rank"};
    LatentAttention& latent = layer.latent;
    latent.q_to_latent.resize(static_cast<size_t>(n_heads));
    latent.latent_to_value.resize(static_cast<size_t>(n_heads));

    TRY_STATUS(plan_queries(plan, latent));
    const RowBlock down[] = {{&latent.kv_down, nullptr, c.kv_rank},
                             {&latent.k_rotated, nullptr, c.rotated_dim}};
    TRY_STATUS(
        plan.weights().merged(down, plan.name("attn_kv_a_mqa.weight"), plan.embd(),
                              {int64_t{c.kv_rank} + c.rotated_dim, "latent rank and rotated dimensions"}));
    TRY_STATUS(plan.norm(latent.kv_norm, "attn_kv_a_norm", rank));
    const bool merged = plan.contains("attn_kv_b.weight");
    TRY_STATUS(merged ? plan_merged_expansion(plan, latent, rank) : plan_expansion(plan, latent, rank));
    const Extent values{int64_t{n_heads} * c.value_dim, "heads times value head dimension"};
    return plan.linears({{&layer.attn_output, "attn_output", values, plan.embd()}});
}

void latent_attention(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    const auto& [backend, c, s, batch, n] = pass;
    const LatentAttention& latent = layer.latent;
    const LatentConfig& dims = c.latent;
    const int64_t head_dim = dims.head_dim(); // of queries as projected: unrotated, then rotated
    const int64_t cached_dim = kv.k_head_dim; // of keys as cached: rotated, then the latent
    const int64_t n_rows = int64_t{n} * layer.attention.n_heads;

    queries(pass, layer);
    backend.copy_rows(s.q, cached_dim, s.latent_heads + dims.unrotated_dim, head_dim, dims.rotated_dim,
                      n_rows);
    backend.project_heads(s.q + dims.rotated_dim, cached_dim, s.latent_heads, head_dim, latent.q_to_latent,
                          n);

    const Projection down[] = {{s.v, &latent.kv_down}, {s.rotated_key, &latent.k_rotated}};
    backend.project(down, s.x, &layer.attn_norm, n);
    backend.norm(s.v, s.v, latent.kv_norm, n, dims.kv_rank);
    backend.copy_rows(s.k, cached_dim, s.rotated_key, dims.rotated_dim, dims.rotated_dim, n);
    backend.copy_rows(s.k + dims.rotated_dim, cached_dim, s.v, dims.kv_rank, dims.kv_rank, n);

    backend.rope_append(s.q, s.k, s.v, kv, batch, layer.rope, layer.attention.n_heads);
    pass.tune_temperature(s.q, layer.attention.n_heads * cached_dim);
    backend.attention(s.y, s.q, kv, batch, layer.attention);
    backend.project_heads(s.latent_heads, dims.value_dim, s.y, dims.kv_rank, latent.latent_to_value, n);
}

} // namespace rocmforge
