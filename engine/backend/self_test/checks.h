// What the self-test compares: each kernel family on small data of odd shapes, by the steps that use it.
#pragma once

#include "backend/self_test/trial.h"
#include "kernels/code_formats.h"

#include <functional>
#include <string>
#include <vector>

namespace rocmforge::self_test {

/// Largest errors, as shares of the results' root mean square. A kernel that is wrong is far off.
inline constexpr double float_tolerance = 1e-3; ///< computed in F32
inline constexpr double product_tolerance = 2e-2; ///< where tiles may hold F16
inline constexpr double rounding_tolerance = 0.15; ///< where activations are rounded to 8 bits

/// Formats that GPUs multiply as whole numbers where columns are few, which takes kernels of their own.
inline constexpr Format code_formats[] = {
#define ROCMFORGE_CODE_FORMAT(format, block) Format::format,
    ROCMFORGE_CODE_FORMATS(ROCMFORGE_CODE_FORMAT)
#undef ROCMFORGE_CODE_FORMAT
};

struct Check {
    std::string kernel; ///< for people: "product Q4_K, 1 column"
    double tolerance = float_tolerance;
    std::function<void(Trial&)> run; ///< computes, and keeps the results
};

[[nodiscard]] std::vector<Check> product_checks();
[[nodiscard]] std::vector<Check> elementwise_checks();
[[nodiscard]] std::vector<Check> attention_checks();
[[nodiscard]] std::vector<Check> expert_checks();
[[nodiscard]] std::vector<Check> recurrent_checks();
[[nodiscard]] std::vector<Check> pass_checks();

} // namespace rocmforge::self_test
