// Gated delta net (arXiv:2412.06464): linear attention whose memory is corrected by the delta rule
// and decays.
#include "model/blocks/recurrent.h"

#include <string>
#include <utility>
#include <vector>

namespace rocmforge {
namespace {

Extent heads(const RecurrentConfig& c)
{
    return {c.n_heads, "value heads"};
}

Status plan_rule(const LayerPlan& plan, DeltaRule& rule)
{
    const RecurrentConfig& c = plan.config().recurrent;
    rule.n_k_heads = c.n_groups;
    rule.n_v_heads = c.n_heads;
    rule.k_head_dim = c.n_state;
    rule.v_head_dim = c.head_dim();
    rule.sharing = c.sharing;
    rule.eps = plan.config().norm_eps;
    TRY_STATUS(plan.vector(rule.a, "ssm_a", heads(c)));
    return plan.vector(rule.dt_bias, "ssm_dt.bias", heads(c));
}

Status plan_gates(const LayerPlan& plan, DeltaNetLayer& block)
{
    const RecurrentConfig& c = plan.config().recurrent;
    if (plan.contains("ssm_ba.weight"))
        return plan.linears(
            {{&block.beta_alpha, "ssm_ba", plan.embd(), {2 * c.n_heads, "2 times value heads"}}});
    return plan.linears({{&block.alpha, "ssm_alpha", plan.embd(), heads(c)},
                         {&block.beta, "ssm_beta", plan.embd(), heads(c)}});
}

/// Older files hold one tensor: for each key head its query, its key, and the values and the z of the
/// value heads that share it.
Status plan_grouped_input(const LayerPlan& plan, DeltaNetLayer& block)
{
    const RecurrentConfig& c = plan.config().recurrent;
    const int64_t shared = c.inner / c.n_groups, group = 2 * (int64_t{c.n_state} + shared);
    const auto append_groups = [&](std::vector<RowRange>& ranges, int64_t offset, int64_t n) {
        for (int64_t g = 0; g < c.n_groups; ++g)
            ranges.push_back({g * group + offset, n});
    };
    std::vector<RowRange> qkv;
    append_groups(qkv, 0, c.n_state);
    append_groups(qkv, c.n_state, c.n_state);
    append_groups(qkv, 2 * int64_t{c.n_state}, shared);
    std::vector<RowRange> z;
    append_groups(z, 2 * int64_t{c.n_state} + shared, shared);
    const Extent rows{int64_t{c.conv_width} + c.inner, "queries, keys, values and z"};
    const std::string name = plan.name("ssm_in.weight");
    TRY_STATUS(plan.weights().gathered(block.qkv.weight, name, plan.embd(), rows, std::move(qkv)));
    return plan.weights().gathered(block.z.weight, name, plan.embd(), rows, std::move(z));
}

Status plan_input(const LayerPlan& plan, DeltaNetLayer& block)
{
    const RecurrentConfig& c = plan.config().recurrent;
    if (plan.contains("ssm_in.weight"))
        return plan_grouped_input(plan, block);
    return plan.linears({{&block.qkv, "attn_qkv", plan.embd(), {c.conv_width, "queries, keys and values"}},
                         {&block.z, "attn_gate", plan.embd(), {c.inner, "inner size"}}});
}

/// state.alpha and state.beta (n_tokens, n_heads)
void gates(const Pass& pass, const Layer& layer)
{
    const auto& [backend, c, s, batch, n] = pass;
    const DeltaNetLayer& block = layer.recurrent.delta_net;
    if (!block.beta_alpha.weight) {
        pass.project({{s.time_step, block.alpha}, {s.beta, block.beta}}, s.x, &layer.attn_norm);
        return;
    }
    const int64_t share = c.recurrent.n_heads / c.recurrent.n_groups;
    const int64_t n_rows = int64_t{n} * c.recurrent.n_groups;
    pass.project(s.low_rank, s.x, block.beta_alpha, &layer.attn_norm);
    backend.copy_rows(s.beta, share, s.low_rank, 2 * share, share, n_rows);
    backend.copy_rows(s.time_step, share, s.low_rank + share, 2 * share, share, n_rows);
}

} // namespace

Status plan_delta_net(const LayerPlan& plan, Layer& layer)
{
    const RecurrentConfig& c = plan.config().recurrent;
    const Extent inner{c.inner, "inner size"};
    DeltaNetLayer& block = layer.recurrent.delta_net;
    TRY_STATUS(plan_rule(plan, block.rule));
    TRY_STATUS(plan_gates(plan, block));
    TRY_STATUS(plan_convolution(plan, layer.recurrent.convolution, "ssm_conv1d"));
    layer.recurrent.convolution.silu = true;
    TRY_STATUS(plan.norm(block.norm, "ssm_norm", {c.head_dim(), "value head dimension"}));
    TRY_STATUS(plan_input(plan, block));
    return plan.linears({{&layer.recurrent.output, "ssm_out", inner, plan.embd()}});
}

void delta_net(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    const auto& [backend, c, s, batch, n] = pass;
    const DeltaNetLayer& block = layer.recurrent.delta_net;
    const RecurrentConfig& dims = c.recurrent;
    pass.project({{s.mixed, block.qkv}, {s.z, block.z}}, s.x, &layer.attn_norm);
    gates(pass, layer);
    backend.short_convolution(s.convolved, s.mixed, states, batch, layer.recurrent.convolution);
    backend.gated_delta_rule(s.y, {s.convolved, s.time_step, s.beta}, states.after(dims.conv_state_size()),
                             batch, block.rule);
    backend.norm(s.y, s.y, block.norm, n * dims.n_heads, dims.head_dim());
    backend.activate(s.y, s.z, s.y, Activation::silu, n * int64_t{dims.inner});
}

} // namespace rocmforge
