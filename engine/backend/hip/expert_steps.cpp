// Mixtures of experts, and matrices per head.
#include "backend/hip/launch_parameters.h"
#include "backend/hip/steps.h"

namespace rocmforge::hip {
namespace {

/// What the products of an expert's columns read.
enum class Reads {
    codes, ///< column by column
    floats, ///< likewise
    halves, ///< the columns of one expert together
};

Reads what_is_read(const Weight& weight, int n_tokens)
{
    const Projection projection{nullptr, &weight};
    if (takes_codes_alone({&projection, 1}, n_tokens))
        return Reads::codes;
    // Weights that were not quantized are not rounded for a few tokens' sake either.
    const bool is_exact = format_info(weight.format).block_weights == 1;
    return is_exact && n_tokens <= vector_columns ? Reads::floats : Reads::halves;
}

bool reads_halves(const Expert& expert, int n_tokens)
{
    const auto does = [&](const Weight& weight) {
        return weight && what_is_read(weight, n_tokens) == Reads::halves;
    };
    return does(expert.gate.weight) || does(expert.up.weight) || does(expert.down.weight);
}

/// Whether one launch multiplies gate and up and activates.
bool is_fused(const Experts& experts, int n_tokens)
{
    const auto& [gate, up, down] = experts.experts[0];
    return gate.weight && has_gated_product(gate.weight, up.weight, n_tokens) && !gate.bias && !up.bias
        && experts.swiglu_limit <= 0;
}

} // namespace

void HipBackend::project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                               std::span<const Weight> heads, int n_tokens)
{
    const MatrixTable* table = expert_tables_.heads(heads);
    if (!table)
        return;
    MatrixChoice choice{.matrices = table->matrices,
                        .n_matrices = static_cast<int>(heads.size()),
                        .n_columns = n_tokens * static_cast<int>(heads.size())};
    ProductInput input{.x = x, .stride = x_stride, .n_columns = choice.n_columns};
    if (n_tokens > vector_columns && choice.n_matrices <= device::max_matrices) {
        choice.groups = grouping_.group(queue_, choice);
        rounded_.halve(queue_, input, heads[0].n_in);
    }
    multiply_chosen(queue_, out, out_stride, heads[0], input, choice);
    add_chosen_adapters(out, out_stride, *table, x, x_stride, choice);
}

void HipBackend::moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens)
{
    if (queue_.succeeded(check_routing(routing)))
        queue_.launch("moe_route", {n_tokens}, route_parameters(routes, logits, routing),
                      queue_.device().wave_size);
}

ProductInput HipBackend::expert_input(const Weight& weight, const float* x, int n_rows, int n_tokens)
{
    ProductInput input{.x = x, .stride = weight.n_in, .n_columns = n_rows};
    const Reads reads = what_is_read(weight, n_tokens);
    if (reads == Reads::codes)
        rounded_.round(queue_, input);
    if (reads == Reads::halves)
        rounded_.halve(queue_, input, weight.n_in);
    return input;
}

void HipBackend::fused_experts(float* h, const float* x, const Experts& experts,
                               const ExpertTables::Tables& tables, const MatrixChoice& choice, int n_tokens)
{
    const Expert& first = experts.experts[0];
    const ProductInput input = expert_input(first.gate.weight, x, n_tokens, n_tokens);
    const device::Rounded rounded = rounded_.reserve(queue_, choice.n_columns * first.up.weight.n_out);
    if (!input.rounded.codes || !rounded.codes)
        return;
    multiply_gated_chosen(queue_, h, rounded, first.gate.weight, {tables.gate.matrices, tables.up.matrices},
                          activation_kind(experts.activation), input, choice);
    rounded_.made(queue_, h);
}

void HipBackend::multiply_experts(float* out, const float* x, int n_rows, const Weight& shape,
                                  const MatrixTable& table, MatrixChoice choice, int n_tokens)
{
    choice.matrices = table.matrices;
    multiply_chosen(queue_, out, shape.n_out, shape, expert_input(shape, x, n_rows, n_tokens), choice);
    add_chosen_adapters(out, shape.n_out, table, x, shape.n_in, choice);
}

void HipBackend::activated_experts(float* h, const float* x, const Experts& experts,
                                   const ExpertTables::Tables& tables, const MatrixChoice& choice,
                                   int n_tokens)
{
    const auto& [gate, up, down] = experts.experts[0];
    const int64_t n = choice.n_columns * up.weight.n_out;
    multiply_experts(h, x, n_tokens, up.weight, tables.up, choice, n_tokens);
    if (!gate.weight)
        return activate(h, h, nullptr, experts.activation, n);
    float* gated = gate_.reserve<float>(queue_, n);
    if (!gated)
        return;
    multiply_experts(gated, x, n_tokens, gate.weight, tables.gate, choice, n_tokens);
    if (experts.swiglu_limit > 0)
        clamped_swiglu(h, gated, h, experts.swiglu_limit, n);
    else
        activate(h, gated, h, experts.activation, n);
}

void HipBackend::moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes, int n_tokens)
{
    const Expert& first = experts.experts[0];
    const int64_t n_ff = first.up.weight.n_out, n_embd = first.down.weight.n_out;
    const bool weighted_input = experts.weighting == ExpertWeighting::input;
    MatrixChoice choice{.n_matrices = static_cast<int>(experts.experts.size()),
                        .n_columns = n_tokens * experts.n_used, // one per token and expert that it takes
                        .chosen = routes.experts,
                        .column_scales = weighted_input ? routes.weights : nullptr,
                        .columns_per_x = experts.n_used};
    float* h = up_.reserve<float>(queue_, choice.n_columns * n_ff);
    float* parts = parts_.reserve<float>(queue_, choice.n_columns * n_embd);
    const ExpertTables::Tables* tables = expert_tables_.experts(experts.experts);
    if (!h || !parts || !tables)
        return;
    if (reads_halves(first, n_tokens))
        choice.groups = grouping_.group(queue_, choice);
    if (is_fused(experts, n_tokens))
        fused_experts(h, x, experts, *tables, choice, n_tokens);
    else
        activated_experts(h, x, experts, *tables, choice, n_tokens);
    choice.column_scales = nullptr;
    choice.columns_per_x = 1;
    multiply_experts(parts, h, choice.n_columns, first.down.weight, tables->down, choice, n_tokens);
    const device::CombineParameters p{y,
                                      parts,
                                      weighted_input ? nullptr : routes.weights,
                                      n_tokens * n_embd,
                                      static_cast<int32_t>(n_embd),
                                      experts.n_used};
    queue_.launch("moe_combine", {elementwise_groups(p.n)}, p);
}

} // namespace rocmforge::hip
