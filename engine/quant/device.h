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
