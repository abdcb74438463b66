#include "backend/cpu/simd_level.h"

#include <cstdlib>
#include <optional>
#include <string>

namespace rocmforge::cpu {

namespace {

std::optional<SimdLevel> level_from_name(std::string_view name)
{
    if (name == "scalar")
        return SimdLevel::scalar;
    if (name == "avx2")
        return SimdLevel::avx2;
    if (name == "avx512")
        return SimdLevel::avx512;
    return std::nullopt;
}

} // namespace

std::string_view simd_title(SimdLevel level)
{
    switch (level) {
    case SimdLevel::scalar:
        return "scalar";
    case SimdLevel::avx2:
        return "AVX2";
    case SimdLevel::avx512:
        return "AVX-512 VNNI";
    }
    return "unknown";
}

SimdLevel best_simd_level()
{
#if defined(ROCMFORGE_X86_KERNELS)
    const bool avx2 =
        __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512vnni");
    if (avx2)
        return avx512 ? SimdLevel::avx512 : SimdLevel::avx2;
#endif
    return SimdLevel::scalar;
}

Result<SimdLevel> choose_simd_level(std::string_view name)
{
    if (name.empty())
        if (const char* variable = std::getenv("ROCMFORGE_SIMD"))
            name = variable;
    if (name.empty())
        return best_simd_level();
    const std::optional<SimdLevel> level = level_from_name(name);
    if (!level)
        return fail(ErrorKind::invalid_value, "There is no SIMD level \"" + std::string(name) + "\".",
                    "Use scalar, avx2 or avx512, or unset ROCMFORGE_SIMD.");
    if (*level > best_simd_level())
        return fail(ErrorKind::unsupported,
                    "This processor does not have " + std::string(simd_title(*level)) + ".",
                    "Unset ROCMFORGE_SIMD to use the best it has.");
    return *level;
}

} // namespace rocmforge::cpu
