#include "backend/cpu/simd/vector_avx2.h"

#include "backend/cpu/simd/table.h"

namespace rocmforge::cpu {

extern const Kernels avx2_kernels;
constexpr Kernels avx2_kernels = make_kernels(SimdLevel::avx2);

} // namespace rocmforge::cpu
