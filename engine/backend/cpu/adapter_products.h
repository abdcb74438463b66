// Products of weights that carry adapters: the weight's own, then two thin ones for each adapter.
#pragma once

#include "backend/cpu/arena.h"
#include "backend/cpu/products.h"

#include <algorithm>
#include <span>

namespace rocmforge::cpu {

[[nodiscard]] inline bool is_adapted(std::span<const Product> products)
{
    return std::ranges::any_of(products, [](const Product& p) { return p.weight->adapter != nullptr; });
}

/// y (n_in) += what the table's adapters add to row number `row`.
void add_adapters_to_row(float* y, const Weight& table, int64_t row);

class AdapterProducts {
public:
    AdapterProducts(ThreadPool& pool, const Kernels& kernels)
        : pool_(pool)
        , kernels_(kernels)
        , input_(pool, kernels)
    {
    }

    /// Like cpu::multiply(), adapters included. Changes `products`. out_of_memory.
    [[nodiscard]] Status multiply(const ProductInput& input, std::span<Product> products);

private:
    /// product.y += product.scale · adapter.scale · input · downᵀ · upᵀ
    [[nodiscard]] Status add(const ProductInput& input, const Product& product, const Adapter& adapter);

    ThreadPool& pool_;
    const Kernels& kernels_;
    ProductInput input_; ///< of `up`
    Scratch down_;
};

} // namespace rocmforge::cpu
