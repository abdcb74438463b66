// The entry points of the HIP runtime that the engine uses, as a table that is filled at run time:
// the library is opened, never linked.
#pragma once

// The header's own wrappers overload the entry points, whose addresses would be ambiguous.
#define __HIP_DISABLE_CPP_FUNCTIONS__ // NOLINT(bugprone-reserved-identifier): HIP's own switch
#include <hip/hip_runtime_api.h>

/// X(entry point)
#define ROCMFORGE_HIP_ENTRY_POINTS(X)                                                                        \
    X(hipRuntimeGetVersion)                                                                                  \
    X(hipGetErrorString)                                                                                     \
    X(hipGetDeviceCount)                                                                                     \
    X(hipSetDevice)                                                                                          \
    X(hipDeviceGetAttribute)                                                                                 \
    X(hipDeviceTotalMem)                                                                                     \
    X(hipMemGetInfo)                                                                                         \
    X(hipMalloc)                                                                                             \
    X(hipFree)                                                                                               \
    X(hipHostMalloc)                                                                                         \
    X(hipHostFree)                                                                                           \
    X(hipMemcpyAsync)                                                                                        \
    X(hipMemsetAsync)                                                                                        \
    X(hipStreamCreateWithFlags)                                                                              \
    X(hipStreamDestroy)                                                                                      \
    X(hipStreamSynchronize)                                                                                  \
    X(hipStreamBeginCapture)                                                                                 \
    X(hipStreamEndCapture)                                                                                   \
    X(hipGraphInstantiate)                                                                                   \
    X(hipGraphLaunch)                                                                                        \
    X(hipGraphExecDestroy)                                                                                   \
    X(hipGraphDestroy)                                                                                       \
    X(hipEventCreateWithFlags)                                                                               \
    X(hipEventRecord)                                                                                        \
    X(hipEventSynchronize)                                                                                   \
    X(hipEventDestroy)                                                                                       \
    X(hipModuleLoadData)                                                                                     \
    X(hipModuleUnload)                                                                                       \
    X(hipModuleGetFunction)                                                                                  \
    X(hipModuleLaunchKernel)

namespace rocmforge::hip {

struct Api {
#define ROCMFORGE_HIP_POINTER(name) decltype(&::name) name = nullptr;
    ROCMFORGE_HIP_ENTRY_POINTS(ROCMFORGE_HIP_POINTER)
#undef ROCMFORGE_HIP_POINTER
};

} // namespace rocmforge::hip
