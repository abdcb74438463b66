// The machine as the engine sees it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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

enum class GpuState { no_library, no_permission, no_device, unsupported_target, ready };

/// A GPU that the HIP library reports.
struct GpuDevice {
    int index = 0; ///< the library's
    std::string name; ///< "AMD Radeon RX 7900 XTX"
    std::string target; ///< "gfx1100"
    std::string pci_address; ///< "0000:03:00.0"; empty where the library does not say
    int64_t memory_bytes = 0;
    bool integrated = false; ///< part of the processor, with no memory of its own
    bool supported = false; ///< this build has kernels for it
    bool preferred = false; ///< the one that is used where none is named
};

struct GpuInfo {
    GpuState state = GpuState::no_library;
    std::string title; ///< "No HIP device"
    std::string reason; ///< why, one sentence
    std::string remedy; ///< what to do, one sentence
    std::string library; ///< the libamdhip64 found, empty if none
    std::string driver; ///< HIP runtime version, empty if unknown
    std::vector<std::string> devices; ///< "AMD Radeon RX 7900 XTX (gfx1100)"
    std::vector<GpuDevice> gpus; ///< in the library's order; empty unless it was opened
};
[[nodiscard]] GpuInfo gpu_info();

/// The compute driver's gfx_target_version as people write it: 110000 → "gfx1100", 90010 → "gfx90a".
[[nodiscard]] std::string gfx_name(int gfx_target_version);
/// Whether GPUs of the target are parts of processors.
[[nodiscard]] bool is_integrated_target(std::string_view target);

} // namespace rocmforge
