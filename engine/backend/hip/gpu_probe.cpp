#include "backend/hip/gpu_probe.h"

#include "backend/hip/device_choice.h"
#include "backend/hip/hip_runtime.h"
#include "backend/hip/kernel_archive.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

namespace rocmforge {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// The value of `key` in a KFD properties file of "key value" lines.
std::optional<long> property(const fs::path& path, std::string_view key)
{
    std::ifstream file(path);
    std::string name;
    long value = 0;
    while (file >> name >> value) {
        if (name == key)
            return value;
    }
    return std::nullopt;
}

/// GPUs the compute driver drives: "gfx1100".
std::vector<std::string> kfd_devices(const fs::path& topology)
{
    std::vector<std::string> devices;
    std::error_code error;
    for (const auto& node : fs::directory_iterator(topology, error)) {
        const auto version = property(node.path() / "properties", "gfx_target_version");
        if (version && *version > 0)
            devices.push_back(gfx_name(static_cast<int>(*version)));
    }
    std::sort(devices.begin(), devices.end());
    return devices;
}

bool has_amd_display_device(const fs::path& drm)
{
    std::error_code error;
    for (const auto& card : fs::directory_iterator(drm, error)) {
        if (first_line(card.path() / "device/vendor") == "0x1002")
            return true;
    }
    return false;
}

GpuInfo without_driver(const GpuProbePaths& paths)
{
    GpuInfo info;
    info.state = GpuState::no_device;
    info.title = "No HIP device";
    if (has_amd_display_device(paths.drm)) {
        info.reason = "There is an AMD GPU, but its compute driver is not running: " + paths.kfd.string()
            + " does not exist.";
        info.remedy = "Use the amdgpu driver of kernel 6.1 or later, and load it with `modprobe amdgpu`.";
    } else {
        info.reason = "This machine has no AMD GPU that the system knows of.";
        info.remedy = "Nothing to do: models run on the CPU.";
    }
    return info;
}

} // namespace

std::string gfx_name(int gfx_target_version)
{
    const int major = gfx_target_version / 10'000;
    const int minor = gfx_target_version / 100 % 100;
    const int stepping = gfx_target_version % 100;
    const char hexadecimal[] = "0123456789abcdef";
    std::string name = "gfx" + std::to_string(major) + std::to_string(minor);
    name += hexadecimal[std::clamp(stepping, 0, 15)];
    return name;
}

GpuProbePaths default_gpu_probe_paths()
{
    GpuProbePaths paths;
    if (const char* root = std::getenv("ROCMFORGE_SYSTEM_ROOT")) {
        for (fs::path* path : {&paths.kfd, &paths.topology, &paths.drm})
            *path = root / path->relative_path();
    }
    paths.libraries = hip::library_candidates();
    return paths;
}

GpuInfo probe_gpu(const GpuProbePaths& paths)
{
    std::error_code error;
    if (!fs::exists(paths.kfd, error))
        return without_driver(paths);

    GpuInfo info;
    info.devices = kfd_devices(paths.topology);
    if (faccessat(AT_FDCWD, paths.kfd.c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
        info.state = GpuState::no_permission;
        info.title = "No access to the GPU";
        info.reason = "This user may not open " + paths.kfd.string() + ": " + std::strerror(errno) + ".";
        info.remedy = "Run `sudo usermod -aG render,video $USER`, then log out and in again.";
        return info;
    }
    const Result<std::unique_ptr<hip::Runtime>> runtime = hip::Runtime::open(paths.libraries);
    if (!runtime) {
        info.state = GpuState::no_library;
        info.title = "No HIP library";
        info.reason = runtime.error().message;
        info.remedy = runtime.error().remedy;
        return info;
    }
    info.library = (*runtime)->library();
    info.driver = (*runtime)->version();
    const std::vector<hip::Device> devices = (*runtime)->devices();
    if (devices.empty()) {
        info.state = GpuState::no_device;
        info.title = "No HIP device";
        info.reason = "The HIP runtime " + info.driver + " started but reports no device it can use.";
        info.remedy = "Update the kernel and ROCm: this GPU may be newer than both.";
        return info;
    }
    info.devices.clear();
    for (const hip::Device& device : devices)
        info.devices.push_back(device.name + " (" + device.target + ")");
    info.gpus = hip::described(devices, hip::kernel_targets());
    if (std::ranges::none_of(info.gpus, &GpuDevice::supported)) {
        info.state = GpuState::unsupported_target;
        info.title = "GPU without kernels";
        info.reason = "This build has no kernels for " + devices.front().target + ".";
        info.remedy = "Nothing to do: models run on the CPU.";
        return info;
    }
    info.state = GpuState::ready;
    info.title = "GPU ready";
    info.reason = "Models run on it where its kernels compute as the CPU does, which a self-test tells.";
    info.remedy = "We had no AMD GPU to try them on: tell us what you see, or choose the CPU.";
    return info;
}

GpuInfo gpu_info()
{
    return probe_gpu(default_gpu_probe_paths());
}

} // namespace rocmforge
