#include "backend/hip/gpu_probe.h"

#include <dlfcn.h>
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

struct LibraryCloser {
    void operator()(void* handle) const { dlclose(handle); }
};
using Library = std::unique_ptr<void, LibraryCloser>;

std::vector<fs::path> rocm_directories()
{
    std::vector<fs::path> directories;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/opt", error)) {
        if (entry.path().filename().string().starts_with("rocm"))
            directories.push_back(entry.path());
    }
    // The highest version first.
    std::sort(directories.rbegin(), directories.rend());
    return directories;
}

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

Library open_library(const std::vector<fs::path>& candidates, std::string& found)
{
    for (const fs::path& candidate : candidates) {
        if (void* handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL)) {
            found = candidate.string();
            return Library(handle);
        }
    }
    return nullptr;
}

/// HIP's version number: major · 10⁷ + minor · 10⁵ + patch.
std::string runtime_version(void* library)
{
    using GetVersion = int (*)(int*);
    const auto get_version = reinterpret_cast<GetVersion>(dlsym(library, "hipRuntimeGetVersion"));
    int version = 0;
    if (!get_version || get_version(&version) != 0 || version <= 0)
        return {};
    return std::to_string(version / 10'000'000) + "." + std::to_string(version / 100'000 % 100);
}

int device_count(void* library)
{
    using GetCount = int (*)(int*);
    const auto get_count = reinterpret_cast<GetCount>(dlsym(library, "hipGetDeviceCount"));
    int count = 0;
    return get_count && get_count(&count) == 0 ? count : 0;
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
    if (const char* library = std::getenv("ROCMFORGE_HIP_LIBRARY"))
        paths.libraries.emplace_back(library);
    if (const char* rocm = std::getenv("ROCM_PATH"))
        paths.libraries.push_back(fs::path(rocm) / "lib/libamdhip64.so");
    for (const fs::path& rocm : rocm_directories())
        paths.libraries.push_back(rocm / "lib/libamdhip64.so");
    for (const char* name : {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"})
        paths.libraries.emplace_back(name);
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
    const Library library = open_library(paths.libraries, info.library);
    if (!library) {
        info.state = GpuState::no_library;
        info.title = "No HIP library";
        info.reason = "The ROCm runtime, libamdhip64.so, was not found under $ROCM_PATH, /opt/rocm* or the "
                      "system's library path.";
        info.remedy = "Install it (Debian, Ubuntu: `sudo apt install libamdhip64-5`; Fedora: `sudo dnf "
                      "install rocm-hip`) and start ROCmForge again.";
        return info;
    }
    info.driver = runtime_version(library.get());
    if (device_count(library.get()) == 0) {
        info.state = GpuState::no_device;
        info.title = "No HIP device";
        info.reason = "The HIP runtime " + info.driver + " started but reports no device it can use.";
        info.remedy = "Update the kernel and ROCm: this GPU may be newer than both.";
        return info;
    }
    info.state = GpuState::not_supported_yet;
    info.title = "GPU found, not used";
    info.reason = "This version of ROCmForge computes on the CPU only.";
    info.remedy = "Nothing to do: a coming version brings the GPU kernels.";
    return info;
}

GpuInfo gpu_info()
{
    return probe_gpu(default_gpu_probe_paths());
}

} // namespace rocmforge
