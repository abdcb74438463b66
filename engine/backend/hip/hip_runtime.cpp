#include "backend/hip/hip_runtime.h"

#include <rocmforge/hardware.h>

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace rocmforge::hip {
namespace {

namespace fs = std::filesystem;

/// More than any version's hipDeviceProp_t.
using PropertiesBuffer = std::array<char, 16384>;

std::vector<fs::path> rocm_directories()
{
    std::vector<fs::path> directories;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/opt", error)) {
        if (entry.path().filename().string().starts_with("rocm"))
            directories.push_back(entry.path());
    }
    std::sort(directories.rbegin(), directories.rend());
    return directories;
}

/// The target's name within a hipDeviceProp_t, whose layout changed between versions: the only text
/// in it that begins with "gfx". What follows a colon are features.
std::string find_target(const PropertiesBuffer& properties)
{
    const std::string_view bytes(properties.data(), properties.size());
    const size_t begin = bytes.find("gfx");
    if (begin == std::string_view::npos)
        return {};
    const std::string_view target = bytes.substr(begin);
    return std::string(target.substr(0, target.find_first_of(std::string_view(":\0", 2))));
}

template <typename Function> Status load(void* library, const char* name, Function& function)
{
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function)
        return {};
    return fail(ErrorKind::unsupported,
                "The HIP library has no function " + std::string(name) + ": it is too old or incomplete.",
                "Install ROCm 5.2 or later.");
}

Status load_all(void* library, Api& api)
{
#define ROCMFORGE_LOAD(name) TRY_STATUS(load(library, #name, api.name));
    ROCMFORGE_HIP_ENTRY_POINTS(ROCMFORGE_LOAD)
#undef ROCMFORGE_LOAD
    return {};
}

} // namespace

Result<std::unique_ptr<Runtime>> Runtime::open(std::span<const fs::path> candidates)
{
    for (const fs::path& candidate : candidates) {
        void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
        if (!library)
            continue;
        auto runtime = std::make_unique<Runtime>();
        runtime->library_ = candidate.string();
        TRY_STATUS(load_all(library, runtime->api_));
        // Since ROCm 6 the plain name is that of an old layout; all begin with the device's name.
        Status properties = load(library, "hipGetDevicePropertiesR0600", runtime->get_properties_);
        if (!properties)
            properties = load(library, "hipGetDeviceProperties", runtime->get_properties_);
        TRY_STATUS(properties);
        return runtime;
    }
    return fail(ErrorKind::not_found,
                "The ROCm runtime, libamdhip64.so, was not found under $ROCM_PATH, /opt/rocm* or the "
                "system's library path.",
                "Install it (Debian, Ubuntu: `sudo apt install libamdhip64-5`; Fedora: `sudo dnf install "
                "rocm-hip`) and start ROCmForge again.");
}

std::string Runtime::version() const
{
    const std::string full = full_version();
    return full.substr(0, full.rfind('.'));
}

std::string Runtime::full_version() const
{
    // Major · 10⁷ + minor · 10⁵ + patch.
    int version = 0;
    if (api_.hipRuntimeGetVersion(&version) != hipSuccess || version <= 0)
        return {};
    return std::to_string(version / 10'000'000) + "." + std::to_string(version / 100'000 % 100) + "."
        + std::to_string(version % 100'000);
}

std::vector<Device> Runtime::devices() const
{
    int count = 0;
    if (api_.hipGetDeviceCount(&count) != hipSuccess)
        return {};
    std::vector<Device> devices;
    for (int i = 0; i < count; ++i)
        if (Result<Device> found = device(i))
            devices.push_back(*std::move(found));
    return devices;
}

Result<Device> Runtime::device(int index) const
{
    Device device;
    device.index = index;
    PropertiesBuffer properties{};
    TRY_STATUS(check(get_properties_(properties.data(), index), "asking a device for its properties"));
    device.name = std::string(properties.data(), strnlen(properties.data(), 256));
    device.target = find_target(properties);
    TRY_STATUS(check(api_.hipDeviceGetAttribute(&device.wave_size, hipDeviceAttributeWarpSize, index),
                     "asking a device for its wave size"));
    TRY_STATUS(check(
        api_.hipDeviceGetAttribute(&device.n_compute_units, hipDeviceAttributeMultiprocessorCount, index),
        "asking a device for its compute units"));
    size_t bytes = 0;
    TRY_STATUS(check(api_.hipDeviceTotalMem(&bytes, index), "asking a device for its memory"));
    device.memory_bytes = static_cast<int64_t>(bytes);
    device.pci_address = pci_address(index);
    // ROCm says so of some integrated GPUs only.
    device.integrated =
        attribute(hipDeviceAttributeIntegrated, index) != 0 || is_integrated_target(device.target);
    return device;
}

int Runtime::attribute(hipDeviceAttribute_t attribute, int index) const
{
    int value = 0;
    return api_.hipDeviceGetAttribute(&value, attribute, index) == hipSuccess ? value : 0;
}

std::string Runtime::pci_address(int index) const
{
    const int domain = attribute(hipDeviceAttributePciDomainID, index);
    const int bus = attribute(hipDeviceAttributePciBusId, index);
    const int device = attribute(hipDeviceAttributePciDeviceId, index);
    if (domain == 0 && bus == 0 && device == 0)
        return {};
    char text[32];
    std::snprintf(text, sizeof text, "%04x:%02x:%02x.0", unsigned(domain), unsigned(bus), unsigned(device));
    return text;
}

Status Runtime::check(hipError_t error, std::string_view what) const
{
    if (error == hipSuccess)
        return {};
    const char* text = api_.hipGetErrorString(error);
    const std::string message = "The GPU failed at " + std::string(what) + ": "
        + (text ? text : "unknown error") + " (" + std::to_string(error) + ").";
    if (error == hipErrorOutOfMemory)
        return fail(ErrorKind::out_of_memory, message,
                    "Choose a smaller model or context, or close other programs that use the GPU.");
    return fail(ErrorKind::device_error, message, "Load the model again, or run it on the CPU.");
}

std::vector<fs::path> library_candidates()
{
    std::vector<fs::path> candidates;
    if (const char* library = std::getenv("ROCMFORGE_HIP_LIBRARY"))
        candidates.emplace_back(library);
    if (const char* rocm = std::getenv("ROCM_PATH"))
        candidates.push_back(fs::path(rocm) / "lib/libamdhip64.so");
    for (const fs::path& rocm : rocm_directories())
        candidates.push_back(rocm / "lib/libamdhip64.so");
    for (const char* name : {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"})
        candidates.emplace_back(name);
    return candidates;
}

} // namespace rocmforge::hip
