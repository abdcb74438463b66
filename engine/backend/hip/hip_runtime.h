// An opened HIP runtime library: its entry points, its version, its devices.
#pragma once

#include "backend/hip/hip_api.h"

#include <rocmforge/error.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::hip {

struct Device {
    int index = 0;
    std::string name; ///< "AMD Radeon RX 7900 XTX"
    std::string target; ///< "gfx1100": what code objects are made for
    int wave_size = 0;
    int n_compute_units = 0;
    int64_t memory_bytes = 0;
    std::string pci_address = {}; ///< "0000:03:00.0"; empty where the library does not say
    bool integrated = false; ///< part of the processor
};

/// One thread per device may use it. The library stays in the process: ROCm's does not survive being
/// unloaded.
class Runtime {
public:
    Runtime() = default;
    /// With these entry points, which know no devices.
    explicit Runtime(const Api& api)
        : api_(api)
    {
    }

    /// The first candidate that can be opened. not_found where none can; unsupported where it lacks
    /// an entry point.
    [[nodiscard]] static Result<std::unique_ptr<Runtime>>
    open(std::span<const std::filesystem::path> candidates);

    [[nodiscard]] const Api& api() const { return api_; }
    [[nodiscard]] const std::string& library() const { return library_; }
    /// "6.2"; empty where the library does not say.
    [[nodiscard]] std::string version() const;
    /// "6.2.41134": with the number of the build.
    [[nodiscard]] std::string full_version() const;
    /// Empty without a device; a device that cannot be asked is left out.
    [[nodiscard]] std::vector<Device> devices() const;

    /// An error that says what was tried ("allocating 512 MiB") and what the runtime says of it:
    /// out_of_memory or device_error.
    [[nodiscard]] Status check(hipError_t error, std::string_view what) const;

    /// Device memory that is allocated through this object, in bytes.
    [[nodiscard]] int64_t memory_used() const { return memory_used_; }
    void count_memory(int64_t bytes) const { memory_used_ += bytes; }

private:
    [[nodiscard]] Result<Device> device(int index) const;
    /// 0 where the library does not know the attribute.
    [[nodiscard]] int attribute(hipDeviceAttribute_t attribute, int index) const;
    [[nodiscard]] std::string pci_address(int index) const;

    Api api_;
    hipError_t (*get_properties_)(void*, int) = nullptr;
    std::string library_;
    mutable std::atomic<int64_t> memory_used_ = 0;
};

/// $ROCMFORGE_HIP_LIBRARY, $ROCM_PATH, /opt/rocm* (the highest version first), the system's library path.
[[nodiscard]] std::vector<std::filesystem::path> library_candidates();

} // namespace rocmforge::hip
