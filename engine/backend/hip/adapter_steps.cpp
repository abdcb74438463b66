// What adapters add to the results of products and to embeddings.
#include "backend/hip/launch_parameters.h"
#include "backend/hip/steps.h"

#include <algorithm>
#include <vector>

namespace rocmforge::hip {

/// Limits hold for the whole sum: the last part that is added applies them.
void HipBackend::multiply_adapted(std::span<const Projection> projections, ProductInput input)
{
    if (wants_codes(projections, input.n_columns))
        rounded_.round(queue_, input);
    const auto is_limited = [](const Projection& p) { return p.weight->adapter && p.clamp > 0; };
    if (std::ranges::any_of(projections, is_limited)) {
        std::vector<Projection> unlimited(projections.begin(), projections.end());
        for (Projection& projection : unlimited)
            projection.clamp = is_limited(projection) ? 0 : projection.clamp;
        multiply(queue_, rounded_, unlimited, input);
    } else {
        multiply(queue_, rounded_, projections, input);
    }
    for (const Projection& projection : projections)
        for (const Adapter* adapter = projection.weight->adapter; adapter; adapter = adapter->next)
            add_adapter(projection, input, *adapter);
}

void HipBackend::add_adapter(const Projection& projection, const ProductInput& input, const Adapter& adapter)
{
    const int64_t rank = adapter.down.n_out;
    float* rows = adapter_rows_.reserve<float>(queue_, input.n_columns * rank);
    if (!rows)
        return;
    const Projection down{rows, &adapter.down};
    const Projection up{
        .out = projection.out, .weight = &adapter.up, .clamp = adapter.next ? 0 : projection.clamp};
    multiply(queue_, rounded_, {&down, 1},
             {.x = input.x, .stride = input.stride, .n_columns = input.n_columns});
    multiply(queue_, rounded_, {&up, 1},
             {.x = rows,
              .stride = rank,
              .n_columns = input.n_columns,
              .scale = input.scale * adapter.scale,
              .accumulate = true});
}

void HipBackend::add_chosen_adapters(float* out, int64_t out_stride, const MatrixTable& table, const float* x,
                                     int64_t x_stride, MatrixChoice choice)
{
    for (const AdapterTable& adapter : table.adapters) {
        const int64_t rank = adapter.shape->down.n_out;
        float* rows = adapter_rows_.reserve<float>(queue_, choice.n_columns * rank);
        if (!rows)
            return;
        const auto halved = [&](ProductInput input, int64_t n_in) { // where columns are sorted, for tiles
            if (choice.groups.tiles)
                rounded_.halve(queue_, input, n_in);
            return input;
        };
        const auto& [down, up, scale, next] = *adapter.shape;
        choice.matrices = adapter.down;
        multiply_chosen(
            queue_, rows, rank, down,
            halved({.x = x, .stride = x_stride, .n_columns = choice.n_columns / choice.columns_per_x},
                   down.n_in),
            choice);
        MatrixChoice of_rows = choice;
        of_rows.matrices = adapter.up;
        of_rows.column_scales = nullptr;
        of_rows.columns_per_x = 1;
        multiply_chosen(queue_, out, out_stride, up,
                        halved({.x = rows,
                                .stride = rank,
                                .n_columns = choice.n_columns,
                                .scale = scale,
                                .accumulate = true},
                               rank),
                        of_rows);
    }
}

void HipBackend::add_adapter_rows(float* x, const Adapter& adapter, const int32_t* tokens, int n_tokens,
                                  float scale)
{
    const int64_t rank = adapter.down.n_out, width = adapter.down.n_in;
    float* factors = adapter_rows_.reserve<float>(queue_, n_tokens * rank);
    float* directions = adapter_directions_.reserve<float>(queue_, rank * width);
    if (!factors || !directions)
        return;
    expand_rows(factors, adapter.up, tokens, n_tokens, scale * adapter.scale);
    expand_rows(directions, adapter.down, nullptr, static_cast<int>(rank), 1);
    const device::MixParameters p{x,     directions, factors, n_tokens * width,
                                  width, 0,          1,       static_cast<int32_t>(rank)};
    queue_.launch("mix", {elementwise_groups(p.n)}, p);
}

} // namespace rocmforge::hip
