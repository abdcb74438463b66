#include "backend/hip/products.h"

#include "kernels/code_formats.h"

#include <algorithm>

namespace rocmforge::hip {
namespace {

constexpr int columns_at_once = 4;
constexpr int small_tile = 64, large_tile = 128;

/// Formats that there are kernels with integer dot products for.
bool has_code_product(Format format)
{
    switch (format) {
#define ROCMFORGE_HAS_CODES(format, block) case Format::format:
        ROCMFORGE_CODE_FORMATS(ROCMFORGE_HAS_CODES)
#undef ROCMFORGE_HAS_CODES
        return true;
    default:
        return false;
    }
}

int64_t divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

int32_t row_blocks(const Weight& weight)
{
    return static_cast<int32_t>(weight.n_in / format_info(weight.format).block_weights);
}

device::ProductParameters parameters_for(const Weight& weight, const ProductInput& input)
{
    device::ProductParameters p{};
    p.x = input.x;
    p.rounded = input.rounded;
    p.pending = input.pending;
    p.halves = input.halves;
    p.x_stride = input.stride;
    p.row_blocks = row_blocks(weight);
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
    return {projection.out,   {weight.data, projection.bias},
            weight.n_out,     static_cast<int32_t>(weight.n_out),
            projection.clamp, 0};
}

/// Without matrices.
device::GatedParameters gated_parameters(float* h, const device::Rounded& rounded, const Weight& shape,
                                         device::ActivationKind activation, const ProductInput& input)
{
    device::GatedParameters p{};
    p.h = h;
    p.rounded = rounded;
    p.x = input.rounded;
    p.pending = input.pending;
    p.row_blocks = row_blocks(shape);
    p.n_in = static_cast<int32_t>(shape.n_in);
    p.n_out = static_cast<int32_t>(shape.n_out);
    p.activation = activation;
    return p;
}

Grid tile_grid(std::span<const Projection> outputs, int n_columns, int tile)
{
    Grid grid{divide_up(n_columns, tile), 0};
    for (const Projection& output : outputs)
        grid.y += divide_up(output.weight->n_out, tile);
    return grid;
}

/// Large tiles read less, but few of them leave compute units without work.
bool wants_large_tiles(const Queue& queue, std::span<const Projection> outputs, int n_columns)
{
    const Grid grid = tile_grid(outputs, n_columns, large_tile);
    return n_columns > small_tile && outputs[0].weight->format != Format::f32
        && grid.x * grid.y >= queue.device().n_compute_units;
}

/// Of one format, at most device::max_outputs of them.
void launch_tiles(Queue& queue, std::span<const Projection> outputs, const ProductInput& input)
{
    const Format format = outputs[0].weight->format;
    device::ProductParameters p = parameters_for(*outputs[0].weight, input);
    for (size_t i = 0; i < outputs.size(); ++i)
        p.outputs[i] = output_for(outputs[i]);
    if (format != Format::f32)
        p.halves_scales = input.halves_scales;
    const bool large = wants_large_tiles(queue, outputs, input.n_columns);
    const int tile = large ? large_tile : small_tile;
    queue.launch(kernel_name("product", format, large ? "tile_128" : "tile_64"),
                 tile_grid(outputs, input.n_columns, tile), p, 2 * tile);
}

/// There is a kernel for both, which tells outputs of the second format by a flag.
bool is_pair(Format first, Format second)
{
    return (first == Format::q4_k || first == Format::q5_k) && second == Format::q6_k;
}

/// How many of the outputs, from the first on, one launch computes.
size_t shared_launch(std::span<const Projection> outputs, bool rounded)
{
    const Format first = outputs[0].weight->format;
    const auto fits = [&](const Projection& output) {
        const Format format = output.weight->format;
        return format == first || (rounded && is_pair(first, format));
    };
    const auto end = std::ranges::find_if_not(outputs, fits);
    return std::min(static_cast<size_t>(end - outputs.begin()), size_t{device::max_outputs});
}

std::string code_kernel(std::span<const Projection> outputs, const char* variant)
{
    const Format first = outputs[0].weight->format;
    const auto other = std::ranges::find_if(
        outputs, [&](const Projection& output) { return output.weight->format != first; });
    if (other == outputs.end())
        return kernel_name("code_product", first, variant);
    return kernel_name(kernel_name("code_product", first), other->weight->format, variant);
}

/// At most device::max_outputs of them.
void launch_vectors(Queue& queue, std::span<const Projection> outputs, const ProductInput& input)
{
    const Format first = outputs[0].weight->format;
    device::ProductParameters p = parameters_for(*outputs[0].weight, input);
    int64_t n_rows = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
        p.outputs[i] = output_for(outputs[i]);
        p.outputs[i].second_format = outputs[i].weight->format != first;
        n_rows += outputs[i].weight->n_out;
    }
    const bool one = input.n_columns == 1;
    if (input.rounded.codes && has_code_product(first)) {
        queue.launch(code_kernel(outputs, one ? "1" : "8"), {queue.groups_of_waves(n_rows)}, p);
        return;
    }
    queue.launch(kernel_name("product", first, one ? "1" : "4"),
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

bool wants_codes(std::span<const Projection> outputs, int n_columns)
{
    return n_columns <= vector_columns && std::ranges::any_of(outputs, [](const Projection& output) {
               return has_code_product(output.weight->format);
           });
}

bool has_gated_product(const Weight& gate, const Weight& up, int n_columns)
{
    return n_columns <= vector_columns && gate.format == up.format && has_code_product(gate.format)
        && gate.n_out % device::rounding_group == 0 && !gate.adapter && !up.adapter;
}

bool takes_codes_alone(std::span<const Projection> outputs, int n_columns)
{
    return n_columns <= vector_columns && std::ranges::all_of(outputs, [](const Projection& output) {
               return has_code_product(output.weight->format) && !output.weight->adapter;
           });
}

bool has_residual_product(const Weight& weight, const Norm& next_norm, int n_columns)
{
    return n_columns <= vector_columns && has_code_product(weight.format) && !weight.adapter
        && weight.n_out % device::rounding_group == 0 && next_norm.kind == NormKind::rms && next_norm.weight
        && !next_norm.bias;
}

device::Rounded RoundedRows::reserve(Queue& queue, int64_t n)
{
    Buffer& buffer = buffers_[turn_ ^= 1];
    source_ = nullptr;
    last_ = {buffer.codes.reserve<int8_t>(queue, n),
             buffer.scales.reserve<device::RoundedScale>(queue, n / device::rounding_group)};
    if (!last_.scales)
        last_.codes = nullptr;
    return last_;
}

float* RoundedRows::reserve_squares(Queue& queue, int64_t n)
{
    last_squares_ = squares_.reserve<float>(queue, n / device::rounding_group);
    return last_squares_;
}

void RoundedRows::made(const Queue& queue, const float* x)
{
    source_ = x;
    norm_weight_ = nullptr;
    made_at_ = queue.n_enqueued();
}

void RoundedRows::made_for(const Queue& queue, const float* x, const Norm& norm)
{
    made(queue, x);
    norm_weight_ = norm.weight;
}

bool RoundedRows::holds(const Queue& queue, const float* x, const float* norm_weight) const
{
    return source_ == x && norm_weight_ == norm_weight && made_at_ == queue.n_enqueued();
}

bool RoundedRows::find_normed(const Queue& queue, const Norm& norm, ProductInput& input) const
{
    if (!norm.weight || !holds(queue, input.x, norm.weight))
        return false;
    input.rounded = last_;
    input.pending = {last_squares_, norm.eps};
    return true;
}

void RoundedRows::round(Queue& queue, ProductInput& input)
{
    if (input.rounded.codes)
        return;
    if (!holds(queue, input.x, nullptr)) {
        const int64_t n = input.stride * input.n_columns;
        const device::RoundParameters p{reserve(queue, n), input.x, n};
        if (!p.rounded.codes)
            return;
        queue.launch("round_rows", {divide_up(n, device::workgroup_threads)}, p);
    }
    input.rounded = last_;
}

void multiply_gated(Queue& queue, float* h, const device::Rounded& h_rounded, const Weight& gate,
                    const Weight& up, device::ActivationKind activation, const ProductInput& input)
{
    device::GatedParameters p = gated_parameters(h, h_rounded, gate, activation, input);
    p.gate = gate.data;
    p.up = up.data;
    p.n_columns = input.n_columns;
    queue.launch(kernel_name("gated_product", gate.format, input.n_columns == 1 ? "1" : "8"),
                 {gate.n_out / device::rounding_group}, p);
}

void multiply_gated_chosen(Queue& queue, float* h, const device::Rounded& h_rounded, const Weight& shape,
                           const GatedMatrices& matrices, device::ActivationKind activation,
                           const ProductInput& input, const MatrixChoice& choice)
{
    device::GatedParameters p = gated_parameters(h, h_rounded, shape, activation, input);
    p.gates = matrices.gate;
    p.ups = matrices.up;
    p.chosen = choice.chosen;
    p.column_scales = choice.column_scales;
    p.columns_per_x = choice.columns_per_x;
    p.n_columns = 1; // of each workgroup
    queue.launch(kernel_name("gated_product", shape.format, "chosen"),
                 {shape.n_out / device::rounding_group, choice.n_columns}, p);
}

void multiply_residual(Queue& queue, const Projection& projection, const ProductInput& input,
                       const Norm& next_norm, const device::Rounded& rounded, float* squares)
{
    const Weight& weight = *projection.weight;
    device::ResidualParameters p{};
    p.x = projection.out;
    p.rounded = rounded;
    p.squares = squares;
    p.norm = next_norm.weight;
    p.matrix = {weight.data, projection.bias};
    p.y = input.rounded;
    p.row_blocks = row_blocks(weight);
    p.n_in = static_cast<int32_t>(weight.n_in);
    p.n_out = static_cast<int32_t>(weight.n_out);
    p.n_columns = input.n_columns;
    p.scale = input.scale;
    const bool one = input.n_columns == 1;
    queue.launch(kernel_name("residual_product", weight.format, one ? "1" : "8"),
                 {weight.n_out / device::rounding_group}, p,
                 one ? device::residual_threads<1> : device::residual_threads<vector_columns>);
}

void RoundedRows::halve(Queue& queue, ProductInput& input, int64_t n_in)
{
    const int64_t stride = divide_up(n_in, device::halves_step) * device::halves_step;
    auto* halves = halves_.reserve<uint16_t>(queue, stride * input.n_columns);
    auto* scales = halves_scales_.reserve<float>(queue, input.n_columns);
    if (!halves || !scales)
        return;
    const device::HalveParameters p{
        halves, scales, input.x, input.stride, static_cast<int32_t>(n_in), static_cast<int32_t>(stride)};
    queue.launch("halve_rows", {input.n_columns}, p);
    input.halves = halves;
    input.halves_scales = scales;
}

void multiply(Queue& queue, RoundedRows& rounded, std::span<const Projection> outputs, ProductInput input)
{
    const bool tiles = input.n_columns > vector_columns;
    if (tiles)
        rounded.halve(queue, input, outputs[0].weight->n_in);
    while (!outputs.empty()) {
        const size_t n = shared_launch(outputs, input.rounded.codes != nullptr);
        if (tiles)
            launch_tiles(queue, outputs.first(n), input);
        else
            launch_vectors(queue, outputs.first(n), input);
        outputs = outputs.subspan(n);
    }
}

ColumnGroups ColumnGrouping::group(Queue& queue, const MatrixChoice& choice)
{
    // Each matrix may have a tile that is not full, and none has more tiles than columns.
    const int64_t full = divide_up(choice.n_columns, small_tile);
    const auto n_tiles = static_cast<int32_t>(std::min<int64_t>(full + choice.n_matrices, choice.n_columns));
    auto* tiles = tiles_.reserve<device::ColumnTile>(queue, n_tiles);
    auto* order = order_.reserve<int32_t>(queue, choice.n_columns);
    if (!tiles || !order)
        return {};
    const device::GroupParameters p{tiles,      order,  choice.chosen, choice.n_columns, choice.n_matrices,
                                    small_tile, n_tiles};
    queue.launch("group_columns", {}, p);
    return {tiles, order, n_tiles};
}

void multiply_chosen(Queue& queue, float* out, int64_t out_stride, const Weight& shape,
                     const ProductInput& input, const MatrixChoice& choice)
{
    device::ProductParameters p = parameters_for(shape, input);
    p.outputs[0] = {out, {}, out_stride, static_cast<int32_t>(shape.n_out), 0, 0};
    p.n_columns = choice.n_columns;
    p.choices = choice.matrices;
    p.n_choices = choice.n_matrices;
    p.chosen = choice.chosen;
    p.column_scales = choice.column_scales;
    p.columns_per_x = choice.columns_per_x;
    const Grid by_column{queue.groups_of_waves(shape.n_out), choice.n_columns};
    if (input.rounded.codes)
        return queue.launch(kernel_name("code_product", shape.format, "chosen"), by_column, p);
    if (!input.halves)
        return queue.launch(kernel_name("product", shape.format, "1"), by_column, p);
    if (shape.format != Format::f32)
        p.halves_scales = input.halves_scales;
    p.tiles = choice.groups.tiles;
    p.order = choice.groups.order;
    queue.launch(kernel_name("product", shape.format, "tile_64"),
                 {choice.groups.n_tiles, divide_up(shape.n_out, small_tile)}, p, 2 * small_tile);
}

} // namespace rocmforge::hip
