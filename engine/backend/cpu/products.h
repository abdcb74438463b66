// Products of activations with weight matrices: how the work is cut up for threads and caches.
#pragma once

#include "backend/cpu/arena.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/thread_pool.h"

#include <span>

namespace rocmforge::cpu {

/// The input of one or more products: normed once, and quantized once where a weight's kernel
/// multiplies codes. The views are valid until the next prepare().
class ProductInput {
public:
    ProductInput(ThreadPool& pool, const Kernels& kernels)
        : pool_(pool)
        , kernels_(kernels)
    {
    }

    /// x (n_tokens, n_in); `norm` may be null. out_of_memory.
    [[nodiscard]] Status prepare(const float* x, const Norm* norm, int n_tokens, int64_t n_in, bool codes);

    [[nodiscard]] const float* rows() const { return rows_; } ///< (n_tokens, n_in)
    /// (n_in / 32, n_tokens); null unless prepared with codes.
    [[nodiscard]] const QuantizedBlock* blocks() const { return blocks_; }
    [[nodiscard]] int n_tokens() const { return n_tokens_; }

private:
    void prepare_row(const float* x, const Norm* norm, int64_t row, int64_t n_in);

    ThreadPool& pool_;
    const Kernels& kernels_;
    Scratch rows_memory_;
    Scratch blocks_memory_;
    float* normed_ = nullptr;
    const float* rows_ = nullptr;
    QuantizedBlock* blocks_ = nullptr;
    int n_tokens_ = 0;
};

/// y (n_tokens, n_out) = clamp((x · weightᵀ + bias) · scale), or y += that.
struct Product {
    const Weight* weight = nullptr;
    float* y = nullptr;
    const float* bias = nullptr;
    float scale = 1;
    float clamp = 0; ///< 0 = unlimited
    bool accumulate = false;
};

/// All products of one input, shared among the threads as one job.
void multiply(ThreadPool& pool, const Kernels& kernels, const ProductInput& input,
              std::span<const Product> products);

/// h (n_tokens, n_out) = activation(x · gateᵀ) ∘ (x · upᵀ), for gate and up of one shape and format.
void multiply_gated(ThreadPool& pool, const Kernels& kernels, const ProductInput& input, float* h,
                    const Weight& gate, const Weight& up, Activation activation);

} // namespace rocmforge::cpu
