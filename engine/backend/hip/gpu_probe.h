// Finds out, without loading any GPU library it need not, whether this machine has an AMD GPU that
// HIP can use, and if not, why.
#pragma once

#include <rocmforge/hardware.h>

#include <filesystem>
#include <string>
#include <vector>

namespace rocmforge {

/// Where the probe looks; tests point it at a tree of their own.
struct GpuProbePaths {
    std::filesystem::path kfd = "/dev/kfd"; ///< the compute driver's device node
    std::filesystem::path topology = "/sys/class/kfd/kfd/topology/nodes";
    std::filesystem::path drm = "/sys/class/drm";
    std::filesystem::path render_nodes = "/dev/dri";
    std::vector<std::filesystem::path> libraries; ///< candidates for libamdhip64, best first
};

/// Libraries: $ROCMFORGE_HIP_LIBRARY, $ROCM_PATH, /opt/rocm*, then the system's library path. For tests,
/// /dev and /sys are those below $ROCMFORGE_SYSTEM_ROOT.
[[nodiscard]] GpuProbePaths default_gpu_probe_paths();

[[nodiscard]] GpuInfo probe_gpu(const GpuProbePaths& paths);

} // namespace rocmforge
