// What lets the block layouts compile for the host and, unchanged, as device code.
#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#define ROCMFORGE_HOST_DEVICE __host__ __device__
#define ROCMFORGE_TABLE static __device__ const
#elif defined(__HIP__)
#define ROCMFORGE_HOST_DEVICE __attribute__((host)) __attribute__((device))
#define ROCMFORGE_TABLE inline constexpr
#else
#define ROCMFORGE_HOST_DEVICE
#define ROCMFORGE_TABLE inline constexpr
#endif

/// Bytes of a block in device memory that lie at a multiple of `alignment`: only NVIDIA's compiler must be
/// told to load more than one of them at a time.
#if defined(__CUDA_ARCH__)
#define ROCMFORGE_ALIGNED(bytes, alignment)                                                                  \
    static_cast<const uint8_t*>(__builtin_assume_aligned(bytes, alignment))
#else
#define ROCMFORGE_ALIGNED(bytes, alignment) (bytes)
#endif
