// The machine as the engine sees it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge {

struct CpuInfo {
    std::string name; ///< "AMD Ryzen 9 7950X"
    std::string simd; ///< what the engine uses: "AVX-512 VNNI", "AVX2", "scalar"
    int n_cores = 0; ///< physical, available to this process
    int n_threads = 0; ///< logical
    int64_t memory_total = 0; ///< bytes
    int64_t memory_available = 0;
};
[[nodiscard]] CpuInfo cpu_info();

/// Bytes per second read by n_threads streaming over a buffer larger than every cache.
[[nodiscard]] double measure_read_bandwidth(int n_threads);

enum class GpuState { no_library, no_permission, no_device, unsupported_target, not_supported_yet, ready };

struct GpuInfo {
    GpuState state = GpuState::no_library;
    std::string title; ///< "No HIP device"
    std::string reason; ///< why, one sentence
    std::string remedy; ///< what to do, one sentence
    std::string library; ///< the libamdhip64 found, empty if none
    std::string driver; ///< HIP runtime version, empty if unknown
    std::vector<std::string> devices; ///< "AMD Radeon RX 7900 XTX (gfx1100)"
};
[[nodiscard]] GpuInfo gpu_info();

} // namespace rocmforge
