// Matrix-vector kernels, known by their names, and the speed that their instructions allow.
#pragma once

#include "kernels/table/code_object.h"

#include <rocmforge/kernel_table.h>

#include <optional>
#include <string_view>

namespace rocmforge::kernels {

/// The weights of a kernel that multiplies them by one column.
struct VectorProduct {
    double bytes_per_weight = 0;
    int slice = 0; ///< consecutive weights that a lane expands at a time, where it does not take codes
    int dot4s = 1; ///< per four codes
};
/// Nullopt for names unlike "code_product_q4_k_1".
[[nodiscard]] std::optional<VectorProduct> vector_product(std::string_view kernel);

/// Everything about a kernel.
[[nodiscard]] GpuKernel describe(std::string_view target, const Kernel& kernel);

} // namespace rocmforge::kernels
