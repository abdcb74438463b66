// Which instruction set the CPU kernels use.
#pragma once

#include <rocmforge/error.h>

#include <string_view>

namespace rocmforge::cpu {

enum class SimdLevel {
    scalar,
    avx2, ///< with FMA and F16C
    avx512, ///< F, BW, DQ, VL and VNNI
};

/// As people know it: "AVX-512 VNNI", "AVX2", "scalar".
[[nodiscard]] std::string_view simd_title(SimdLevel level);

/// The best level both this processor and this build have.
[[nodiscard]] SimdLevel best_simd_level();

/// The level called `name` ("scalar", "avx2", "avx512"); where name is empty, the one named by the
/// environment variable ROCMFORGE_SIMD, else the best. invalid_value for another name, unsupported
/// for a level this processor lacks.
[[nodiscard]] Result<SimdLevel> choose_simd_level(std::string_view name);

} // namespace rocmforge::cpu
