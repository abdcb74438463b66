#include "backend/cpu/simd/vector_scalar.h"

#include "backend/cpu/simd/table.h"

namespace rocmforge::cpu {

extern const Kernels scalar_kernels;
constexpr Kernels scalar_kernels = make_kernels(SimdLevel::scalar);

} // namespace rocmforge::cpu
