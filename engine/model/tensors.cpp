#include "model/tensors.h"

#include "model/blocks/alternating_updates.h"
#include "model/blocks/latent_attention.h"
#include "model/blocks/mixture_of_experts.h"
#include "model/blocks/per_layer_embedding.h"
#include "model/blocks/recurrent.h"
#include "model/layer_plan.h"

#include <string>

namespace rocmforge {
namespace {

Status plan_attention_norms(const LayerPlan& plan, Layer& layer)
{
    const NormPlacement placement = plan.architecture().norms;
    if (placement == NormPlacement::on_sum) {
        if (plan.contains("attn_norm_2.weight"))
            TRY_STATUS(plan.norm(layer.attn_second_norm, "attn_norm_2", plan.embd()));
        return plan.norm(layer.attn_output_norm, "attn_output_norm", plan.embd());
    }
    if (placement != NormPlacement::before)
        TRY_STATUS(plan.norm(layer.attn_post_norm, plan.architecture().attn_post_norm, plan.embd()));
    if (placement == NormPlacement::after)
        return {};
    if (!plan.wants(plan.architecture().attn_norm, "attn_norm.weight"))
        return {};
    // Where a second norm exists, attention reads that one and the feed-forward block the first.
    const bool second = plan.contains("attn_norm_2.weight");
    return plan.norm(layer.attn_norm, second ? "attn_norm_2" : "attn_norm", plan.embd());
}

/// A norm of queries or keys is one of three: the same for every head, one per head, or one over all
/// heads together. The tensor's shape tells.
Status plan_head_norm(const LayerPlan& plan, Norm& all_heads, Norm& each_head, std::string_view name,
                      int n_heads)
{
    const std::string tensor = std::string(name) + ".weight";
    if (!plan.wants(plan.architecture().qk_norm, tensor))
        return {};
    const int head_dim = plan.layer().head_dim;
    const Extent head{head_dim, "head dimension"};
    const Extent heads{n_heads, "heads"};
    const Extent width{int64_t{n_heads} * head_dim, "heads times head dimension"};
    if (plan.weights().n_rows(plan.name(tensor)) > 1)
        return plan.norm(all_heads, name, head, heads);
    const bool whole = n_heads > 1 && plan.weights().row_length(plan.name(tensor)) == width.size;
    return whole ? plan.norm(all_heads, name, width) : plan.norm(each_head, name, head);
}

/// Queries, and the keys and values of layers that have their own.
Status plan_qkv(const LayerPlan& plan, Layer& layer)
{
    const LayerConfig& c = plan.layer();
    const bool merged_gate = plan.architecture().gated_attention && !plan.contains("attn_gate.weight");
    const Extent q_rows = merged_gate ? Extent{2 * c.q_width(), "queries and gates of all heads"}
                                      : Extent{c.q_width(), "query heads times head dimension"};
    const LinearSpec q{&layer.attn_q, "attn_q", plan.embd(), q_rows};
    const LinearSpec k{&layer.attn_k, "attn_k", plan.embd(), {c.k_width(), "key heads times head dimension"}};
    const LinearSpec v{
        &layer.attn_v, "attn_v", plan.embd(), {c.v_width(), "value heads times head dimension"}};
    TRY_STATUS(plan_head_norm(plan, layer.attn_q_norm, layer.rope.q_norm, "attn_q_norm", c.n_heads));
    if (c.shares_kv) {
        for (const char* unused : {"attn_k", "attn_v"})
            plan.weights().ignore(plan.name(unused));
        return plan.linears({q});
    }
    TRY_STATUS(plan_head_norm(plan, layer.attn_k_norm, layer.rope.k_norm, "attn_k_norm", c.n_kv_heads));
    if (plan.architecture().values_from_keys && !plan.contains("attn_v.weight"))
        return plan.linears({q, k});
    return plan.linears_or_merged({q, k, v}, "attn_qkv", plan.contains("attn_qkv.weight"));
}

Status plan_attention(const LayerPlan& plan, Layer& layer)
{
    const LayerConfig& c = plan.layer();
    if (c.recurrent)
        TRY_STATUS(plan_recurrent(plan, layer));
    if (c.recurrent && c.n_heads == 0)
        return {};
    if (c.projects)
        return plan.linears({{&layer.attn_output, "attn_output", plan.embd(), plan.embd()}});
    if (plan.architecture().attention == AttentionKind::latent)
        return plan_latent_attention(plan, layer);
    TRY_STATUS(plan_qkv(plan, layer));
    if (plan.architecture().gated_attention && plan.contains("attn_gate.weight"))
        TRY_STATUS(plan.linears({{&layer.attn_gate,
                                  "attn_gate",
                                  plan.embd(),
                                  {c.y_width(), "query heads times value head dimension"}}}));
    if (plan.wants(plan.architecture().attn_sinks, "attn_sinks.weight"))
        TRY_STATUS(plan.vector(layer.attention.sinks, "attn_sinks.weight", {c.n_heads, "heads"}));
    const Extent y{c.y_width(), "query heads times value head dimension"};
    if (plan.architecture().inner_norms)
        TRY_STATUS(plan.norm(layer.attn_inner_norm, "attn_sub_norm", y));
    return plan.linears({{&layer.attn_output, "attn_output", y, plan.embd()}});
}

Status plan_ffn_post_norm(const LayerPlan& plan, Norm& norm)
{
    const std::string old_name(plan.architecture().old_ffn_post_norm);
    const bool is_old = !old_name.empty() && plan.contains(old_name + ".weight");
    return plan.norm(norm, is_old ? old_name : "post_ffw_norm", plan.embd());
}

Status plan_ffn_norms(const LayerPlan& plan, Layer& layer)
{
    const Architecture& architecture = plan.architecture();
    if (architecture.norms == NormPlacement::on_sum)
        return plan.norm(layer.layer_output_norm, "layer_output_norm", plan.embd());
    if (architecture.norms != NormPlacement::before)
        TRY_STATUS(plan_ffn_post_norm(plan, layer.ffn_post_norm));
    if (architecture.norms == NormPlacement::after)
        return {};
    layer.parallel = plan.config().parallel
        || (architecture.residual == Residual::parallel_without_ffn_norm
            && plan.ffn_norm_name() != architecture.ffn_norm);
    return plan.norm(layer.ffn_norm, plan.ffn_norm_name(), plan.embd());
}

Status plan_feed_forward(const LayerPlan& plan, FeedForwardLayer& ffn)
{
    const LinearSpec up{&ffn.up, "ffn_up", plan.embd(), plan.ff()};
    if (plan.architecture().inner_norms)
        TRY_STATUS(plan.norm(ffn.inner_norm, "ffn_sub_norm", plan.ff()));
    if (!has_gates(plan.architecture().feed_forward)) {
        TRY_STATUS(plan.linears({up}));
    } else {
        const bool is_merged = !plan.contains("ffn_gate.weight")
            && plan.weights().n_rows(plan.name("ffn_up.weight")) == 2 * plan.ff().size;
        TRY_STATUS(plan.linears_or_merged({{&ffn.gate, "ffn_gate", plan.embd(), plan.ff()}, up}, "ffn_up",
                                          is_merged));
    }
    return plan.linears({{&ffn.down, "ffn_down", plan.ff(), plan.embd()}});
}

bool has_dense_block(const LayerPlan& plan)
{
    const BesideExperts beside = plan.config().experts.beside;
    if (!plan.layer().has_experts)
        return true;
    return beside == BesideExperts::block_if_present ? plan.contains("ffn_up.weight")
                                                     : beside != BesideExperts::nothing;
}

Status plan_layer(const LayerPlan& plan, Layer& layer)
{
    const bool mixes_tokens = plan.layer().recurrent || plan.layer().n_heads > 0;
    if (mixes_tokens || plan.layer().projects) {
        TRY_STATUS(plan_attention_norms(plan, layer));
        TRY_STATUS(plan_attention(plan, layer));
    }
    const bool dense = plan.layer().n_ff > 0;
    if (dense || plan.layer().has_experts)
        TRY_STATUS(plan_ffn_norms(plan, layer));
    if (plan.config().n_embd_per_layer > 0)
        TRY_STATUS(plan_per_layer_gate(plan, layer));
    if (plan.config().streams.n > 0)
        TRY_STATUS(plan_streams_layer(plan, layer.streams));
    if (plan.architecture().layer_scale) {
        TRY(const auto scale, plan.weights().read(plan.name("layer_output_scale.weight"), {1, "scale"}));
        layer.scale = scale.front();
    }
    if (plan.layer().has_experts)
        TRY_STATUS(plan_mixture_of_experts(plan, layer.moe));
    return dense && has_dense_block(plan) ? plan_feed_forward(plan, layer.ffn) : Status();
}

/// The first row of the table: every token is of sentence A.
Status plan_token_type(const LayerPlan& plan, Weights& weights)
{
    const RowBlock first{nullptr, &weights.token_type, plan.embd().size};
    const int64_t n_types = plan.weights().n_rows("token_types.weight");
    return plan.weights().merged_biases({&first, 1}, "token_types.weight",
                                        {n_types * first.n_out, "token types times embedding length"});
}

Extent vocab(const LayerPlan& plan)
{
    return {plan.config().vocab_size, "tokens in the vocabulary"};
}

/// What comes before the first layer.
Status plan_embedding(const LayerPlan& plan, Weights& weights)
{
    const Architecture& architecture = plan.architecture();
    const Config& config = plan.config();
    TRY_STATUS(plan.matrix(weights.token_embd, "token_embd.weight", plan.embd(), vocab(plan)));
    if (plan.wants(architecture.position_embd, "position_embd.weight"))
        TRY_STATUS(plan.matrix(weights.position_embd, "position_embd.weight", plan.embd(),
                               {config.n_ctx_train, "context length"}));
    if (plan.wants(architecture.token_types, "token_types.weight"))
        TRY_STATUS(plan_token_type(plan, weights));
    if (plan.wants(architecture.embd_norm, "token_embd_norm.weight"))
        TRY_STATUS(plan.norm(weights.token_embd_norm, "token_embd_norm", plan.embd()));
    if (config.n_embd_per_layer > 0)
        TRY_STATUS(plan_per_layer_embedding(plan, weights));
    return config.streams.n > 0 ? plan_streams(plan, weights.spread_streams, "altup_proj.weight") : Status();
}

/// What follows the last layer. Models without an output matrix of their own use the table of
/// embeddings, and where that lies on another device a second copy of it.
Status plan_output(const LayerPlan& plan, const Placement& placement, Weights& weights)
{
    const Architecture& architecture = plan.architecture();
    const Config& config = plan.config();
    if (config.streams.n > 0)
        TRY_STATUS(plan_streams(plan, weights.join_streams, "altup_unembd_proj.weight"));
    if (!architecture.output_norm.empty())
        TRY_STATUS(plan.norm(weights.output_norm, architecture.output_norm, plan.embd()));
    if (!config.has_output) {
        plan.weights().ignore("cls."); // of classifiers that were trained on top of the model
        plan.weights().ignore("output.weight");
        return {};
    }
    const bool tied = !plan.contains("output.weight");
    if (tied && placement.embedding() == placement.output())
        return {};
    if (tied)
        return plan.matrix(weights.output, "token_embd.weight", plan.embd(), vocab(plan));
    TRY_STATUS(plan.matrix(weights.output, "output.weight", plan.embd(), vocab(plan)));
    return plan.optional_vector(weights.output_bias, "output.bias", vocab(plan));
}

} // namespace

Status plan_weights(WeightPlan& plan, const Architecture& architecture, const Config& config,
                    const Placement& placement, Weights& weights)
{
    const LayerPlan ends(plan, architecture, config, config.layers.front(), "");
    plan.place_on(placement.embedding());
    TRY_STATUS(plan_embedding(ends, weights));
    plan.place_on(placement.output());
    TRY_STATUS(plan_output(ends, placement, weights));
    weights.layers.resize(config.layers.size());
    for (size_t l = 0; l < weights.layers.size(); ++l) {
        const LayerPlan layer(plan, architecture, config, config.layers[l], "blk." + std::to_string(l) + ".");
        plan.place_on(placement.layers[l]);
        TRY_STATUS(plan_layer(layer, weights.layers[l]));
        plan.place_on(placement.experts[l]);
        if (config.layers[l].has_experts)
            TRY_STATUS(plan_experts(layer, weights.layers[l].moe));
    }
    for (int l = config.n_layers; l < config.n_layers + config.n_prediction_layers; ++l)
        plan.ignore("blk." + std::to_string(l) + ".");
    return {};
}

} // namespace rocmforge
