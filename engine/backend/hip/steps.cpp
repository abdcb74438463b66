#include "backend/hip/steps.h"

#include "backend/hip/launch_parameters.h"

namespace rocmforge::hip {

device::Rounded HipBackend::rounded_output(int n_columns, int64_t n, int64_t row_width)
{
    // A wave rounds 32 elements of one row, and products of many columns read no codes.
    if (n_columns > vector_columns || row_width % device::rounding_group != 0)
        return {};
    return rounded_.reserve(queue_, n);
}

const float* HipBackend::normed(const float* x, const Norm* norm, const int32_t* rows, int n_rows,
                                int64_t width, Rounding rounding)
{
    if (!norm)
        return x;
    float* y = normed_.reserve<float>(queue_, n_rows * width);
    if (!y)
        return nullptr;
    device::NormParameters p = norm_parameters(y, x, rows, *norm, width);
    if (rounding == Rounding::wanted)
        p.rounded = rounded_output(n_rows, n_rows * width, width);
    queue_.launch("norm_rows", {n_rows}, p, p.n_threads);
    if (p.rounded.codes)
        rounded_.made(queue_, y);
    return y;
}

void HipBackend::embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale)
{
    const auto n_tokens = static_cast<int>(tokens.size());
    expand_rows(x, table, batch_.find(tokens), n_tokens, scale);
    for (const Adapter* adapter = table.adapter; adapter; adapter = adapter->next)
        add_adapter_rows(x, *adapter, batch_.find(tokens), n_tokens, scale);
}

void HipBackend::expand_rows(float* x, const Weight& table, const int32_t* rows, int n_rows, float scale)
{
    const device::EmbedParameters p{
        x,
        table.data,
        rows,
        table.n_out,
        static_cast<int32_t>(table.n_in / format_info(table.format).block_weights),
        static_cast<int32_t>(table.n_in),
        scale};
    queue_.launch(kernel_name("embed", table.format), {n_rows}, p);
}

void HipBackend::norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width)
{
    const device::NormParameters p = norm_parameters(y, x, nullptr, norm, width);
    queue_.launch("norm_rows", {n_tokens}, p, p.n_threads);
}

void HipBackend::project(std::span<const Projection> projections, const float* x, const Norm* norm,
                         int n_tokens)
{
    multiply_adapted(projections, normed_input(projections, x, norm, n_tokens));
}

ProductInput HipBackend::normed_input(std::span<const Projection> projections, const float* x,
                                      const Norm* norm, int n_tokens)
{
    const int64_t n_in = projections[0].weight->n_in;
    ProductInput input{.x = x, .stride = n_in, .n_columns = n_tokens};
    if (norm && takes_codes_alone(projections, n_tokens) && rounded_.find_normed(queue_, *norm, input))
        return input;
    const Rounding rounding = wants_codes(projections, n_tokens) ? Rounding::wanted : Rounding::none;
    input.x = normed(x, norm, nullptr, n_tokens, n_in, rounding);
    return input;
}

void HipBackend::project_residual(float* x, const float* y, const Weight& weight, const float* bias,
                                  float scale, int n_tokens, const Norm* next_norm)
{
    const Projection projection{x, &weight, bias};
    const ProductInput input{
        .x = y, .stride = weight.n_in, .n_columns = n_tokens, .scale = scale, .accumulate = true};
    if (next_norm && has_residual_product(weight, *next_norm, n_tokens))
        residual_product(projection, input, *next_norm);
    else
        multiply_adapted({&projection, 1}, input);
}

void HipBackend::residual_product(const Projection& projection, ProductInput input, const Norm& next_norm)
{
    rounded_.round(queue_, input);
    const int64_t n = input.n_columns * projection.weight->n_out;
    const device::Rounded rounded = rounded_.reserve(queue_, n);
    float* squares = rounded_.reserve_squares(queue_, n);
    if (!input.rounded.codes || !rounded.codes || !squares)
        return;
    multiply_residual(queue_, projection, input, next_norm, rounded, squares);
    rounded_.made_for(queue_, projection.out, next_norm);
}

void HipBackend::rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                             const Rope& rope, int n_heads)
{
    device::RopeParameters p = rope_parameters(rope, batch_);
    p.q = q;
    p.k = k;
    p.v = v;
    p.k_cache = kv.k;
    p.v_cache = kv.v;
    p.n_heads = n_heads;
    p.n_kv_heads = kv.n_kv_heads;
    p.k_dim = kv.k_head_dim;
    p.v_dim = kv.v_head_dim;
    if (queue_.succeeded(check_head(p.k_dim, p.v_dim)))
        queue_.launch(std::string("rope_append_") + cache_name(kv.type),
                      {batch.n_tokens(), n_heads + 2 * kv.n_kv_heads}, p, head_threads);
}

void HipBackend::rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim)
{
    device::RopeParameters p = rope_parameters(rope, batch_);
    p.q = q;
    p.n_heads = n_heads;
    p.k_dim = head_dim;
    if (queue_.succeeded(check_head(head_dim, 0)))
        queue_.launch("rope_append_f32", {batch.n_tokens(), n_heads}, p, head_threads);
}

void HipBackend::attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                           const Attention& attention)
{
    if (!queue_.succeeded(check_head(kv.k_head_dim, kv.v_head_dim)))
        return;
    const int n_tokens = batch.n_tokens();
    const int64_t n = int64_t{n_tokens} * attention.n_heads * kv.v_head_dim;
    const device::Rounded rounded = rounded_output(n_tokens, n, kv.v_head_dim);
    launch_attention(queue_, attention_scratch_, batch_, {y, rounded, q, kv, n_tokens, attention});
    if (rounded.codes)
        rounded_.made(queue_, y);
}

void HipBackend::gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                           Activation activation, int n_tokens)
{
    if (has_gated_product(gate, up, n_tokens))
        return gated_product(h, x, gate, up, norm, activation, n_tokens);
    const int64_t n = n_tokens * gate.n_out;
    float* gated = gate_.reserve<float>(queue_, n);
    const Projection projections[] = {{gated, &gate}, {h, &up}};
    project(projections, x, &norm, n_tokens);
    activate(h, gated, h, activation, n);
}

void HipBackend::gated_product(float* h, const float* x, const Weight& gate, const Weight& up,
                               const Norm& norm, Activation activation, int n_tokens)
{
    const Projection projections[] = {{nullptr, &gate}, {nullptr, &up}};
    ProductInput input = normed_input(projections, x, &norm, n_tokens);
    rounded_.round(queue_, input);
    const device::Rounded rounded = rounded_.reserve(queue_, n_tokens * gate.n_out);
    if (!input.rounded.codes || !rounded.codes)
        return;
    multiply_gated(queue_, h, rounded, gate, up, activation_kind(activation), input);
    rounded_.made(queue_, h);
}

void HipBackend::logits(float* out, const float* x, const Batch& batch, const Norm& norm,
                        const Weight& weight, float scale)
{
    const Projection projection{out, &weight};
    // Output rows are in order: as many as tokens are all of them.
    if (batch.n_outputs() == batch.n_tokens()) {
        ProductInput input = normed_input({&projection, 1}, x, &norm, batch.n_tokens());
        input.scale = scale;
        return multiply_adapted({&projection, 1}, input);
    }
    const Rounding rounding =
        wants_codes({&projection, 1}, batch.n_outputs()) ? Rounding::wanted : Rounding::none;
    const float* rows = normed(x, &norm, batch_.output_rows(), batch.n_outputs(), weight.n_in, rounding);
    multiply_adapted({&projection, 1},
                     {.x = rows, .stride = weight.n_in, .n_columns = batch.n_outputs(), .scale = scale});
}

} // namespace rocmforge::hip
