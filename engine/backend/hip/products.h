// Matrix products as launches: which kernel, how many workgroups.
#pragma once

#include "backend/backend.h"
#include "backend/hip/queue.h"
#include "backend/hip/scratch.h"

#include <span>

namespace rocmforge::hip {

/// What products of one input have in common.
struct ProductInput {
    const float* x = nullptr; ///< (n_columns, stride)
    int64_t stride = 0;
    int n_columns = 0;
    const int8_t* codes = nullptr; ///< x rounded, see RoundedInput; null = products read x itself
    const device::RoundedScale* code_scales = nullptr;
    float scale = 1; ///< on the results
    bool accumulate = false; ///< add to what is in the outputs
};

/// Each column with a matrix of its own; the fields are those of ProductParameters.
struct MatrixChoice {
    const device::Matrix* matrices = nullptr;
    int n_matrices = 0;
    const int32_t* chosen = nullptr;
    const float* column_scales = nullptr;
    int columns_per_x = 1;
};

/// Whether some of these products are faster with rounded activations.
[[nodiscard]] bool wants_codes(std::span<const Projection> outputs, const ProductInput& input);

/// Memory for the activations of a step, rounded to 8 bits with a scale for each 32.
class RoundedInput {
public:
    /// Rounds input.x, whose rows must lie one after the other, and adds the codes to the input.
    void round(Queue& queue, ProductInput& input);

private:
    Scratch codes_;
    Scratch scales_;
};

/// Outputs whose weights have the same format share a launch where the columns are few.
void multiply(Queue& queue, std::span<const Projection> outputs, const ProductInput& input);

/// out (n_columns, out_stride), the matrices having `shape`'s format and extent.
void multiply_chosen(Queue& queue, float* out, int64_t out_stride, const Weight& shape,
                     const ProductInput& input, const MatrixChoice& choice);

/// "product_q4_k_1": the name of a format's kernel.
[[nodiscard]] std::string kernel_name(std::string_view kernel, Format format, std::string_view variant = {});

} // namespace rocmforge::hip
