#include "model/blocks/mixture_of_experts.h"

#include <cmath>
#include <numbers>

namespace rocmforge {
namespace {

/// One weight of every expert, kept as one tensor (n_experts, n_out, n_in).
Status plan_stacked(const LayerPlan& plan, std::vector<Expert>& experts, Linear Expert::* member,
                    std::string_view name, Extent n_in, Extent n_out)
{
    std::vector<RowBlock> blocks;
    blocks.reserve(experts.size());
    for (Expert& expert : experts)
        blocks.push_back({&(expert.*member).weight, &(expert.*member).bias, n_out.size});
    const Extent all_rows{n_out.size * std::ssize(experts), "rows of all experts"};
    return plan.blocks(blocks, name, n_in, all_rows);
}

Status plan_shared_expert(const LayerPlan& plan, MoeLayer& moe)
{
    const Extent ff{plan.config().experts.n_ff_shared, "shared expert feed-forward length"};
    if (plan.contains("ffn_gate_inp_shexp.weight"))
        TRY_STATUS(
            plan.matrix(moe.shared_gate.weight, "ffn_gate_inp_shexp.weight", plan.embd(), {1, "gate"}));
    if (has_gates(plan.architecture().feed_forward))
        TRY_STATUS(plan.linears({{&moe.shared.gate, "ffn_gate_shexp", plan.embd(), ff}}));
    return plan.linears({
        {&moe.shared.up, "ffn_up_shexp", plan.embd(), ff},
        {&moe.shared.down, "ffn_down_shexp", ff, plan.embd()},
    });
}

/// The experts' gates and ups, which some files keep as one tensor: per expert the gate, then the up.
Status plan_gate_up(const LayerPlan& plan, std::vector<Expert>& experts, Extent ff)
{
    if (!plan.contains("ffn_gate_up_exps.weight")) {
        if (has_gates(plan.architecture().feed_forward))
            TRY_STATUS(plan_stacked(plan, experts, &Expert::gate, "ffn_gate_exps", plan.embd(), ff));
        return plan_stacked(plan, experts, &Expert::up, "ffn_up_exps", plan.embd(), ff);
    }
    std::vector<RowBlock> blocks;
    for (Expert& expert : experts) {
        blocks.push_back({&expert.gate.weight, &expert.gate.bias, ff.size});
        blocks.push_back({&expert.up.weight, &expert.up.bias, ff.size});
    }
    const Extent all_rows{ff.size * std::ssize(blocks), "gate and up rows of all experts"};
    return plan.blocks(blocks, "ffn_gate_up_exps", plan.embd(), all_rows);
}

/// Experts beside a dense block have norms of their own, and so has their router: without weights
/// but with scales.
Status plan_norms_beside_dense(const LayerPlan& plan, MoeLayer& moe)
{
    TRY_STATUS(plan.norm(moe.norm, "pre_ffw_norm_2", plan.embd()));
    TRY_STATUS(plan.norm(moe.dense_post_norm, "post_ffw_norm_1", plan.embd()));
    TRY_STATUS(plan.norm(moe.post_norm, "post_ffw_norm_2", plan.embd()));
    moe.router_norm.eps = plan.config().norm_eps;
    return plan.vector(moe.router_norm.weight, "ffn_gate_inp.scale", plan.embd());
}

Status plan_norms(const LayerPlan& plan, MoeLayer& moe)
{
    if (plan.config().experts.beside == BesideExperts::normed_block)
        return plan_norms_beside_dense(plan, moe);
    if (plan.config().experts.input == ExpertInput::layer_input)
        return plan.norm(moe.norm, "ffn_norm_exps", plan.embd());
    if (plan.architecture().norms == NormPlacement::on_sum)
        return {};
    return plan.norm(moe.norm, plan.ffn_norm_name(), plan.embd());
}

/// state.share += the dense block's, each normed by itself.
void add_normed_block(const Pass& pass, const Layer& layer)
{
    const Activations& s = pass.state;
    feed_forward(pass, s.x, layer.ffn, layer.ffn_norm);
    pass.project(s.normed, s.h, layer.ffn.down);
    pass.backend.norm(s.normed, s.normed, layer.moe.dense_post_norm, pass.n_tokens, pass.config.n_embd);
    pass.backend.add(s.share, s.normed, 1, pass.embedding_size());
}

/// state.share = √½ of its sum with the dense block's of the same input.
void add_scaled_block(const Pass& pass, const FeedForwardLayer& ffn)
{
    const Activations& s = pass.state;
    feed_forward(pass, s.normed, ffn, {});
    pass.project(s.normed, s.h, ffn.down);
    pass.backend.add(s.share, s.normed, 1, pass.embedding_size());
    pass.backend.scale(s.share, static_cast<float>(1 / std::numbers::sqrt2), pass.embedding_size());
}

void add_dense_block(const Pass& pass, const Layer& layer)
{
    const BesideExperts beside = pass.config.experts.beside;
    if (beside == BesideExperts::normed_block)
        add_normed_block(pass, layer);
    else if (beside == BesideExperts::block_if_present && layer.ffn.up.weight)
        add_scaled_block(pass, layer.ffn);
}

/// The routes of what the router reads: state.normed unless it has an input of its own.
void choose_experts(const Pass& pass, const MoeLayer& moe, const float* x)
{
    const Activations& s = pass.state;
    pass.project(s.router, x, moe.router, if_present(moe.router_norm));
    if (moe.router_norm.weight) {
        const float scale = 1 / std::sqrt(static_cast<float>(pass.config.n_embd));
        pass.backend.scale(s.router, scale, int64_t{pass.n_tokens} * moe.routing.n_experts);
    }
    pass.backend.moe_route(s.routes, s.router, moe.routing, pass.n_tokens);
}

/// state.share = the chosen experts of state.normed.
Status chosen_experts(Passes& passes, ExpertSite site, const MoeLayer& moe)
{
    const auto& [backend, c, s, batch, n] = passes.on(site.experts);
    const Activations& here = passes.on(site.layer).state;
    const Experts experts{moe.experts, moe.routing.n_used, c.activation, c.experts.swiglu_limit,
                          c.experts.weighting};
    const bool elsewhere = site.experts != site.layer;
    const int64_t row_bytes = int64_t{n} * int64_t{sizeof(float)};
    const int64_t routes_bytes = row_bytes * moe.routing.n_used;
    const Carried input[] = {{here.normed, s.normed, row_bytes * c.n_embd},
                             {here.routes.experts, s.routes.experts, routes_bytes},
                             {here.routes.weights, s.routes.weights, routes_bytes}};
    const Carried output[] = {{s.share, here.share, row_bytes * c.n_embd}};
    if (elsewhere)
        TRY_STATUS(passes.carry(site.layer, site.experts, input));
    backend.moe_ffn(s.share, s.normed, experts, s.routes, n);
    return elsewhere ? passes.carry(site.experts, site.layer, output) : Status();
}

/// state.share += the expert that every token takes.
void add_shared_expert(const Pass& pass, const MoeLayer& moe)
{
    const Activations& s = pass.state;
    feed_forward(pass, s.normed, moe.shared, {});
    if (moe.shared_gate.weight) {
        const int64_t width = moe.shared.up.weight.n_out;
        pass.project(s.router, s.normed, moe.shared_gate);
        pass.backend.gate_by_sigmoid(s.h, s.router, pass.n_tokens * width, width);
    }
    const Linear& down = moe.shared.down;
    pass.backend.project_residual(s.share, s.h, down.weight, down.bias, down.scale, pass.n_tokens, nullptr);
}

} // namespace

Status plan_mixture_of_experts(const LayerPlan& plan, MoeLayer& moe)
{
    const ExpertConfig& c = plan.config().experts;
    const Extent n_experts{c.n_experts, "experts"};
    moe.routing.n_experts = c.n_experts;
    moe.routing.n_used = c.n_used;
    moe.routing.gating = c.gating;
    moe.routing.n_groups = c.n_groups;
    moe.routing.n_groups_used = c.n_groups_used;
    moe.routing.normalized = c.normalized;
    moe.routing.scale = c.scale;
    TRY_STATUS(plan.linears({{&moe.router, "ffn_gate_inp", plan.embd(), n_experts}}));
    TRY_STATUS(plan.optional_vector(moe.routing.selection_bias, "exp_probs_b.bias", n_experts));
    TRY_STATUS(plan.optional_vector(moe.routing.expert_scales, "ffn_down_exps.scale", n_experts));
    TRY_STATUS(plan_norms(plan, moe));
    return c.n_ff_shared > 0 ? plan_shared_expert(plan, moe) : Status();
}

Status plan_experts(const LayerPlan& plan, MoeLayer& moe)
{
    const ExpertConfig& c = plan.config().experts;
    const Extent ff{c.n_ff, "expert feed-forward length"};
    moe.experts.resize(static_cast<size_t>(c.n_experts));
    TRY_STATUS(plan_gate_up(plan, moe.experts, ff));
    return plan_stacked(plan, moe.experts, &Expert::down, "ffn_down_exps", ff, plan.embd());
}

void choose_experts_of_layer_input(const Pass& pass, const MoeLayer& moe)
{
    choose_experts(pass, moe, pass.state.x);
}

Status mixture_of_experts(Passes& passes, ExpertSite site, const Layer& layer)
{
    const Pass& pass = passes.on(site.layer);
    const auto& [backend, c, s, batch, n] = pass;
    const MoeLayer& moe = layer.moe;
    if (moe.norm.weight)
        backend.norm(s.normed, s.x, moe.norm, n, c.n_embd);
    else
        backend.copy_rows(s.normed, c.n_embd, s.x, c.n_embd, c.n_embd, n);
    if (c.experts.input != ExpertInput::routed_by_layer_input)
        choose_experts(pass, moe, moe.router_norm.weight ? s.x : s.normed);
    TRY_STATUS(chosen_experts(passes, site, moe));
    if (moe.post_norm.weight)
        backend.norm(s.share, s.share, moe.post_norm, n, c.n_embd);
    if (moe.shared.up.weight)
        add_shared_expert(pass, moe);
    add_dense_block(pass, layer);
    return {};
}

} // namespace rocmforge
