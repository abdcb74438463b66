#include "backend/cpu/adapter_products.h"

#include "backend/cpu/weights.h"

#include <utility>
#include <vector>

namespace rocmforge::cpu {

void add_adapters_to_row(float* y, const Weight& table, int64_t row)
{
    const auto expand = [](const Weight& weight, int64_t index) {
        std::vector<float> values(static_cast<size_t>(weight.n_in));
        std::vector<std::byte> bytes(static_cast<size_t>(format_bytes(weight.format, weight.n_in)));
        expand_row(values.data(), weight, index, bytes);
        return values;
    };
    for (const Adapter* adapter = table.adapter; adapter; adapter = adapter->next) {
        const std::vector<float> up = expand(adapter->up, row);
        for (int64_t r = 0; r < adapter->down.n_out; ++r) {
            const std::vector<float> down = expand(adapter->down, r);
            const float factor = adapter->scale * up[static_cast<size_t>(r)];
            std::ranges::transform(down, std::span(y, down.size()), y,
                                   [factor](float d, float sum) { return sum + factor * d; });
        }
    }
}

/// Limits hold for the whole sum, so they wait until it is complete.
Status AdapterProducts::multiply(const ProductInput& input, std::span<Product> products)
{
    std::vector<float> clamps;
    for (Product& product : products)
        clamps.push_back(std::exchange(product.clamp, 0.0f));
    cpu::multiply(pool_, kernels_, input, products);
    for (size_t i = 0; i < products.size(); ++i) {
        const Product& product = products[i];
        for (const Adapter* adapter = product.weight->adapter; adapter; adapter = adapter->next)
            TRY_STATUS(add(input, product, *adapter));
        const std::span y(product.y, static_cast<size_t>(input.n_tokens() * product.weight->n_out));
        if (clamps[i] > 0)
            std::ranges::transform(y, y.begin(),
                                   [&](float v) { return std::clamp(v, -clamps[i], clamps[i]); });
    }
    return {};
}

Status AdapterProducts::add(const ProductInput& input, const Product& product, const Adapter& adapter)
{
    const int n_tokens = input.n_tokens();
    const int64_t rank = adapter.down.n_out;
    TRY(std::byte * memory, down_.reserve(n_tokens * rank * int64_t{sizeof(float)}));
    auto* rows = reinterpret_cast<float*>(memory);
    const Product down{.weight = &adapter.down, .y = rows};
    cpu::multiply(pool_, kernels_, input, {&down, 1});

    TRY_STATUS(input_.prepare(rows, nullptr, n_tokens, rank, false));
    const Product up{
        .weight = &adapter.up, .y = product.y, .scale = product.scale * adapter.scale, .accumulate = true};
    cpu::multiply(pool_, kernels_, input_, {&up, 1});
    return {};
}

} // namespace rocmforge::cpu
