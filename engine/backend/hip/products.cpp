#include "backend/hip/products.h"

#include <algorithm>

namespace rocmforge::hip {
namespace {

/// Up to so many columns the weights are read by vector kernels, one wave per row.
constexpr int vector_columns = 8;
constexpr int columns_at_once = 4;
constexpr int tile_size = 64;

/// Formats that there are kernels with integer dot products for.
bool has_code_product(Format format)
{
    switch (format) {
    case Format::q4_0:
    case Format::q8_0:
    case Format::q4_k:
    case Format::q5_k:
    case Format::q6_k:
        return true;
    default:
        return false;
    }
}

int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

device::ProductParameters parameters_for(const Weight& weight, const ProductInput& input)
{
    device::ProductParameters p{};
    p.x = input.x;
    p.codes = input.codes;
    p.code_scales = input.code_scales;
    p.x_stride = input.stride;
    p.row_bytes = format_bytes(weight.format, weight.n_in);
    p.n_in = static_cast<int32_t>(weight.n_in);
    p.n_columns = input.n_columns;
    p.scale = input.scale;
    p.accumulate = input.accumulate;
    p.columns_per_x = 1;
    return p;
}

device::ProductOutput output_for(const Projection& projection)
{
    const Weight& weight = *projection.weight;
    return {projection.out,
            {weight.data, projection.bias},
            weight.n_out,
            static_cast<int32_t>(weight.n_out),
            projection.clamp};
}

void launch_tiles(Queue& queue, const Projection& output, const ProductInput& input)
{
    device::ProductParameters p = parameters_for(*output.weight, input);
    p.outputs[0] = output_for(output);
    queue.launch(kernel_name("product", output.weight->format, "tile"),
                 {divide_up(output.weight->n_out, tile_size), divide_up(input.n_columns, tile_size)}, p);
}

/// Of one format, at most device::max_outputs of them.
void launch_vectors(Queue& queue, std::span<const Projection> outputs, const ProductInput& input)
{
    device::ProductParameters p = parameters_for(*outputs[0].weight, input);
    int64_t n_rows = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
        p.outputs[i] = output_for(outputs[i]);
        n_rows += outputs[i].weight->n_out;
    }
    const bool one = input.n_columns == 1;
    if (input.codes && has_code_product(outputs[0].weight->format)) {
        queue.launch(kernel_name("code_product", outputs[0].weight->format, one ? "1" : "8"),
                     {queue.groups_of_waves(n_rows)}, p);
        return;
    }
    queue.launch(kernel_name("product", outputs[0].weight->format, one ? "1" : "4"),
                 {queue.groups_of_waves(n_rows), one ? 1 : divide_up(input.n_columns, columns_at_once)}, p);
}

} // namespace

std::string kernel_name(std::string_view kernel, Format format, std::string_view variant)
{
    std::string name(kernel);
    name += '_';
    for (const char c : format_info(format).name)
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!variant.empty())
        name.append("_").append(variant);
    return name;
}

bool wants_codes(std::span<const Projection> outputs, const ProductInput& input)
{
    return input.n_columns <= vector_columns && std::ranges::any_of(outputs, [](const Projection& output) {
               return has_code_product(output.weight->format);
           });
}

void RoundedInput::round(Queue& queue, ProductInput& input)
{
    const int64_t n = input.stride * input.n_columns;
    auto* codes = codes_.reserve<int8_t>(queue, n);
    auto* scales = scales_.reserve<device::RoundedScale>(queue, n / device::rounding_group);
    if (!codes || !scales)
        return;
    const device::RoundParameters p{codes, scales, input.x, n};
    queue.launch("round_rows", {divide_up(n, device::workgroup_threads)}, p);
    input.codes = codes;
    input.code_scales = scales;
}

void multiply(Queue& queue, std::span<const Projection> outputs, const ProductInput& input)
{
    if (input.n_columns > vector_columns) {
        for (const Projection& output : outputs)
            launch_tiles(queue, output, input);
        return;
    }
    while (!outputs.empty()) {
        const auto other = std::ranges::find_if(outputs, [&](const Projection& output) {
            return output.weight->format != outputs[0].weight->format;
        });
        const auto n = static_cast<size_t>(other - outputs.begin());
        launch_vectors(queue, outputs.first(n), input);
        outputs = outputs.subspan(n);
    }
}

void multiply_chosen(Queue& queue, float* out, int64_t out_stride, const Weight& shape,
                     const ProductInput& input, const MatrixChoice& choice)
{
    device::ProductParameters p = parameters_for(shape, input);
    p.outputs[0] = {out, {}, out_stride, static_cast<int32_t>(shape.n_out), 0};
    p.choices = choice.matrices;
    p.n_choices = choice.n_matrices;
    p.chosen = choice.chosen;
    p.column_scales = choice.column_scales;
    p.columns_per_x = choice.columns_per_x;
    queue.launch(kernel_name("product", shape.format, "1"),
                 {queue.groups_of_waves(shape.n_out), input.n_columns}, p);
}

} // namespace rocmforge::hip
