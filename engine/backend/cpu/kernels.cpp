#include "backend/cpu/kernels.h"

namespace rocmforge::cpu {

extern const Kernels scalar_kernels;
#if defined(ROCMFORGE_X86_KERNELS)
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;
#endif

const Kernels& kernels([[maybe_unused]] SimdLevel level)
{
#if defined(ROCMFORGE_X86_KERNELS)
    if (level == SimdLevel::avx512)
        return avx512_kernels;
    if (level == SimdLevel::avx2)
        return avx2_kernels;
#endif
    return scalar_kernels;
}

} // namespace rocmforge::cpu
