// Elementwise steps, those per head and mixtures of experts.
#include "backend/hip/launch_parameters.h"
#include "backend/hip/steps.h"

namespace rocmforge::hip {

void HipBackend::activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    elementwise("activate", {.y = h, .a = gate, .b = up, .n = n, .activation = activation_kind(activation)});
}

void HipBackend::add(float* x, const float* y, float scale, int64_t n)
{
    elementwise("add", {.y = x, .a = y, .n = n, .factor = scale});
}

void HipBackend::add_bias(float* x, const float* bias, int n_rows, int64_t width)
{
    elementwise("add_bias", {.y = x, .a = bias, .n = n_rows * width, .width = width});
}

void HipBackend::scale(float* x, float factor, int64_t n)
{
    elementwise("scale", {.y = x, .n = n, .factor = factor});
}

void HipBackend::soft_cap(float* x, float cap, int64_t n)
{
    elementwise("soft_cap", {.y = x, .n = n, .factor = cap});
}

void HipBackend::gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share)
{
    elementwise("gate_by_sigmoid", {.y = x, .a = gate, .n = n, .width = share});
}

void HipBackend::clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n)
{
    elementwise("clamped_swiglu", {.y = h, .a = gate, .b = up, .n = n, .factor = limit});
}

void HipBackend::scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width)
{
    const device::PositionScaleParameters p{x,     batch_.positions(), batch.n_tokens() * width, width, scale,
                                            length};
    queue_.launch("scale_by_position", {elementwise_groups(p.n)}, p);
}

void HipBackend::copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride,
                           int64_t width, int64_t n_rows)
{
    const device::CopyRowsParameters p{to, from, to_stride, from_stride, width, n_rows};
    queue_.launch("copy_rows", {elementwise_groups(width * n_rows)}, p);
}

void HipBackend::project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                               std::span<const Weight> heads, int n_tokens)
{
    for (const Weight& head : heads)
        if (!queue_.succeeded(check_unadapted(head, "head of latent attention")))
            return;
    const MatrixChoice choice{.matrices = expert_tables_.heads(heads),
                              .n_matrices = static_cast<int>(heads.size())};
    if (choice.matrices)
        multiply_chosen(queue_, out, out_stride, heads[0],
                        {.x = x, .stride = x_stride, .n_columns = n_tokens * choice.n_matrices}, choice);
}

void HipBackend::moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens)
{
    if (queue_.succeeded(check_routing(routing)))
        queue_.launch("moe_route", {n_tokens}, route_parameters(routes, logits, routing),
                      queue_.device().wave_size);
}

void HipBackend::moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes, int n_tokens)
{
    const Expert& first = experts.experts[0];
    const int64_t n_ff = first.up.weight.n_out, n_embd = first.down.weight.n_out;
    const int n_columns = n_tokens * experts.n_used; // one per token and expert that it takes
    float* gate = gate_.reserve<float>(queue_, n_columns * n_ff);
    float* up = up_.reserve<float>(queue_, n_columns * n_ff);
    float* parts = parts_.reserve<float>(queue_, n_columns * n_embd);
    const ExpertTables::Tables tables = expert_tables_.experts(experts.experts);
    if (!gate || !up || !parts || !tables.down)
        return;
    const bool weighted_input = experts.weighting == ExpertWeighting::input;
    MatrixChoice choice{.n_matrices = static_cast<int>(experts.experts.size()),
                        .chosen = routes.experts,
                        .column_scales = weighted_input ? routes.weights : nullptr,
                        .columns_per_x = experts.n_used};
    const ProductInput input{.x = x, .stride = n_embd, .n_columns = n_columns};
    const bool gated = bool(first.gate.weight);
    choice.matrices = tables.up;
    multiply_chosen(queue_, up, n_ff, first.up.weight, input, choice);
    choice.matrices = tables.gate;
    if (gated)
        multiply_chosen(queue_, gate, n_ff, first.gate.weight, input, choice);
    if (!gated)
        activate(up, up, nullptr, experts.activation, n_columns * n_ff);
    else if (experts.swiglu_limit > 0)
        clamped_swiglu(up, gate, up, experts.swiglu_limit, n_columns * n_ff);
    else
        activate(up, gate, up, experts.activation, n_columns * n_ff);
    choice = {.matrices = tables.down, .n_matrices = choice.n_matrices, .chosen = routes.experts};
    multiply_chosen(queue_, parts, n_embd, first.down.weight,
                    {.x = up, .stride = n_ff, .n_columns = n_columns}, choice);
    const device::CombineParameters p{y,
                                      parts,
                                      weighted_input ? nullptr : routes.weights,
                                      n_tokens * n_embd,
                                      static_cast<int32_t>(n_embd),
                                      experts.n_used};
    queue_.launch("moe_combine", {elementwise_groups(p.n)}, p);
}

} // namespace rocmforge::hip
