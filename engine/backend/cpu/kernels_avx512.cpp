#include "backend/cpu/simd/vector_avx512.h"

#include "backend/cpu/simd/table.h"

namespace rocmforge::cpu {

extern const Kernels avx512_kernels;
constexpr Kernels avx512_kernels = make_kernels(SimdLevel::avx512);

} // namespace rocmforge::cpu
