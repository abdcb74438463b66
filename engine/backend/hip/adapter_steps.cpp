// What adapters add to the results of products and to embeddings.
#include "backend/hip/launch_parameters.h"
#include "backend/hip/steps.h"

#include <utility>
#include <vector>

namespace rocmforge::hip {

/// Limits hold for the whole sum: the last part that is added applies them.
void HipBackend::multiply_adapted(std::span<const Projection> projections, ProductInput input)
{
    std::vector<Projection> own(projections.begin(), projections.end());
    for (Projection& projection : own)
        if (projection.weight->adapter)
            projection.clamp = 0;
    if (wants_codes(own, input.n_columns))
        rounded_.round(queue_, input);
    multiply(queue_, rounded_, own, input);
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
        choice.matrices = adapter.down;
        multiply_chosen(queue_, rows, rank, adapter.shape->down,
                        {.x = x, .stride = x_stride, .n_columns = choice.n_columns}, choice);
        MatrixChoice up = choice;
        up.matrices = adapter.up;
        up.column_scales = nullptr;
        up.columns_per_x = 1;
        multiply_chosen(queue_, out, out_stride, adapter.shape->up,
                        {.x = rows,
                         .stride = rank,
                         .n_columns = choice.n_columns,
                         .scale = adapter.shape->scale,
                         .accumulate = true},
                        up);
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
