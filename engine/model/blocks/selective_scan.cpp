// Selective state spaces: Mamba (arXiv:2312.00752) and Mamba-2 (arXiv:2405.21060).
#include "model/blocks/recurrent.h"

#include <string>
#include <utility>
#include <vector>

namespace rocmforge {
namespace {

Extent inner(const RecurrentConfig& c)
{
    return {c.inner, "inner size"};
}

Extent state(const RecurrentConfig& c)
{
    return {c.n_state, "state size"};
}

/// The numbers that every head has `a_width` of, or one.
Status plan_scan(const LayerPlan& plan, SelectiveScan& scan, int a_width)
{
    const RecurrentConfig& c = plan.config().recurrent;
    scan.n_heads = c.n_heads;
    scan.head_dim = c.head_dim();
    scan.n_state = c.n_state;
    scan.n_groups = c.n_groups;
    scan.a_width = a_width;
    TRY_STATUS(plan.numbers(scan.a, "ssm_a", {int64_t{c.n_heads} * a_width, "heads times rates of decay"}));
    return plan.numbers(scan.d, "ssm_d", {c.n_heads, "heads"});
}

/// Norms of the time step, b and c, which some models have.
Status plan_input_norms(const LayerPlan& plan, SelectiveScanLayer& block)
{
    if (!plan.contains("ssm_dt_norm.weight"))
        return {};
    const RecurrentConfig& c = plan.config().recurrent;
    TRY_STATUS(plan.norm(block.dt_norm, "ssm_dt_norm", {c.dt_rank, "time step rank"}));
    TRY_STATUS(plan.norm(block.b_norm, "ssm_b_norm", state(c)));
    return plan.norm(block.c_norm, "ssm_c_norm", state(c));
}

/// One tensor of each head's z and then its x.
Status plan_interleaved_input(const LayerPlan& plan, SelectiveScanLayer& block)
{
    const RecurrentConfig& c = plan.config().recurrent;
    std::vector<RowRange> z, x;
    for (int64_t h = 0; h < c.n_heads; ++h) {
        z.push_back({2 * h * c.head_dim(), c.head_dim()});
        x.push_back({(2 * h + 1) * c.head_dim(), c.head_dim()});
    }
    const Extent rows{2 * int64_t{c.inner}, "2 times inner size"};
    const std::string name = plan.name("ssm_in.weight");
    TRY_STATUS(plan.weights().gathered(block.z.weight, name, plan.embd(), rows, std::move(z)));
    return plan.weights().gathered(block.x.weight, name, plan.embd(), rows, std::move(x));
}

void norm_if_present(const Pass& pass, float* x, const Norm& norm, int64_t width)
{
    if (norm.weight)
        pass.backend.norm(x, x, norm, pass.n_tokens, width);
}

} // namespace

Status plan_selective_scan(const LayerPlan& plan, Layer& layer)
{
    const RecurrentConfig& c = plan.config().recurrent;
    const Extent rank{c.dt_rank, "time step rank"};
    SelectiveScanLayer& block = layer.recurrent.selective_scan;
    const RowBlock in[] = {{&block.x.weight, &block.x.bias, c.inner},
                           {&block.z.weight, &block.z.bias, c.inner}};
    TRY_STATUS(plan.blocks(in, "ssm_in", plan.embd(), {2 * int64_t{c.inner}, "2 times inner size"}));
    const RowBlock x[] = {{&block.dt_down.weight, nullptr, c.dt_rank},
                          {&block.b.weight, nullptr, c.n_state},
                          {&block.c.weight, nullptr, c.n_state}};
    TRY_STATUS(
        plan.weights().merged(x, plan.name("ssm_x.weight"), inner(c),
                              {c.dt_rank + 2 * int64_t{c.n_state}, "time step rank and 2 state sizes"}));
    TRY_STATUS(plan_input_norms(plan, block));
    TRY_STATUS(plan_scan(plan, block.scan, c.n_state));
    TRY_STATUS(plan_convolution(plan, layer.recurrent.convolution, "ssm_conv1d"));
    layer.recurrent.convolution.silu = true;
    return plan.linears({{&block.dt_up, "ssm_dt", rank, inner(c)},
                         {&layer.recurrent.output, "ssm_out", inner(c), plan.embd()}});
}

void selective_scan(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    const auto& [backend, c, s, batch, n] = pass;
    const SelectiveScanLayer& block = layer.recurrent.selective_scan;
    const RecurrentConfig& dims = c.recurrent;
    const Projection xz[] = {{s.mixed, &block.x.weight, block.x.bias}, {s.z, &block.z.weight, block.z.bias}};
    backend.project(xz, s.x, &layer.attn_norm, n);
    backend.short_convolution(s.convolved, s.mixed, states, batch, layer.recurrent.convolution);

    const Projection dt_b_c[] = {
        {s.low_rank, &block.dt_down.weight}, {s.scan_b, &block.b.weight}, {s.scan_c, &block.c.weight}};
    backend.project(dt_b_c, s.convolved, nullptr, n);
    norm_if_present(pass, s.scan_b, block.b_norm, dims.n_state);
    norm_if_present(pass, s.scan_c, block.c_norm, dims.n_state);
    pass.project(s.time_step, s.low_rank, block.dt_up, if_present(block.dt_norm));

    const ScanInputs in{s.convolved, dims.inner, s.scan_b, s.scan_c, dims.n_state, s.time_step};
    backend.selective_scan(s.y, in, states.after(dims.conv_state_size()), batch, block.scan);
    backend.activate(s.y, s.z, s.y, Activation::silu, n * int64_t{dims.inner});
}

Status plan_grouped_scan(const LayerPlan& plan, Layer& layer)
{
    const RecurrentConfig& c = plan.config().recurrent;
    const Extent rank{c.dt_rank, "time step rank"};
    SelectiveScanLayer& block = layer.recurrent.selective_scan;
    TRY_STATUS(plan_interleaved_input(plan, block));
    const RowBlock x[] = {{&block.b.weight, nullptr, c.n_state},
                          {&block.c.weight, nullptr, c.n_state},
                          {&block.dt_down.weight, nullptr, c.dt_rank}};
    TRY_STATUS(
        plan.weights().merged(x, plan.name("ssm_x.weight"), inner(c),
                              {c.dt_rank + 2 * int64_t{c.n_state}, "2 state sizes and time step rank"}));
    TRY_STATUS(plan.norm(block.dt_norm, "ssm_dt_norm", rank));
    TRY_STATUS(plan.norm(block.b_norm, "ssm_b_norm", state(c)));
    TRY_STATUS(plan.norm(block.c_norm, "ssm_c_norm", state(c)));
    TRY_STATUS(plan_scan(plan, block.scan, 1));
    TRY_STATUS(plan_convolution(plan, layer.recurrent.convolution, "ssm_conv1d"));
    layer.recurrent.convolution.silu = true;
    return plan.linears({{&block.dt_up, "ssm_dt", rank, {c.n_heads, "heads"}},
                         {&layer.recurrent.output, "ssm_out", inner(c), plan.embd()}});
}

Status plan_multi_head_scan(const LayerPlan& plan, Layer& layer)
{
    const RecurrentConfig& c = plan.config().recurrent;
    MultiHeadScanLayer& block = layer.recurrent.multi_head_scan;
    const RowBlock in[] = {{&block.z.weight, &block.z.bias, c.inner},
                           {&block.xbc.weight, &block.xbc.bias, c.conv_width},
                           {&block.dt.weight, &block.dt.bias, c.n_heads}};
    TRY_STATUS(plan.blocks(in, "ssm_in", plan.embd(),
                           {int64_t{c.inner} + c.conv_width + c.n_heads, "inner, convolved and heads"}));
    TRY_STATUS(plan_scan(plan, block.scan, 1));
    TRY_STATUS(plan.vector(block.scan.dt_bias, "ssm_dt.bias", {c.n_heads, "heads"}));
    TRY_STATUS(plan_convolution(plan, layer.recurrent.convolution, "ssm_conv1d"));
    layer.recurrent.convolution.silu = true;
    if (plan.contains("ssm_norm.weight"))
        TRY_STATUS(plan.norm(block.norm, "ssm_norm", {c.inner / c.n_groups, "inner size of a group"},
                             {c.n_groups, "groups"}));
    return plan.linears({{&layer.recurrent.output, "ssm_out", inner(c), plan.embd()}});
}

void multi_head_scan(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    const auto& [backend, c, s, batch, n] = pass;
    const MultiHeadScanLayer& block = layer.recurrent.multi_head_scan;
    const RecurrentConfig& dims = c.recurrent;
    const Projection z_xbc_dt[] = {{s.z, &block.z.weight, block.z.bias},
                                   {s.mixed, &block.xbc.weight, block.xbc.bias},
                                   {s.time_step, &block.dt.weight, block.dt.bias}};
    backend.project(z_xbc_dt, s.x, &layer.attn_norm, n);
    backend.short_convolution(s.convolved, s.mixed, states, batch, layer.recurrent.convolution);

    const float* b = s.convolved + dims.inner;
    const ScanInputs in{s.convolved, dims.conv_width, b, b + dims.key_width(), dims.conv_width, s.time_step};
    backend.selective_scan(s.y, in, states.after(dims.conv_state_size()), batch, block.scan);
    backend.activate(s.y, s.z, s.y, Activation::silu, n * int64_t{dims.inner});
    if (block.norm.weight)
        backend.norm(s.y, s.y, block.norm, n * dims.n_groups, dims.inner / dims.n_groups);
}

} // namespace rocmforge
