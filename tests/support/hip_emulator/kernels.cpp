#include "kernels.h"

#include <dlfcn.h>

#include <filesystem>
#include <map>

namespace rocmforge::emulator {
namespace {

/// The library of kernels that lies beside this one.
void* open_kernels(int wave_size)
{
    Dl_info self;
    if (!dladdr(reinterpret_cast<void*>(&find_kernel), &self))
        return nullptr;
    const std::string name = "libhip_emulator_wave" + std::to_string(wave_size) + ".so";
    return dlopen((std::filesystem::path(self.dli_fname).parent_path() / name).c_str(),
                  RTLD_NOW | RTLD_LOCAL);
}

} // namespace

std::optional<Kernel> find_kernel(const std::string& name, int wave_size)
{
    static std::map<int, void*> libraries;
    if (!libraries.contains(wave_size))
        libraries[wave_size] = open_kernels(wave_size);
    void* library = libraries[wave_size];
    if (!library)
        return std::nullopt;
    const auto function = reinterpret_cast<KernelFunction>(dlsym(library, (name + "_kernel").c_str()));
    const auto* max_threads = static_cast<const int*>(dlsym(library, (name + "_threads").c_str()));
    const auto* parameter_bytes = static_cast<const int*>(dlsym(library, (name + "_bytes").c_str()));
    if (!function || !max_threads || !parameter_bytes)
        return std::nullopt;
    return Kernel{name, function, *max_threads, *parameter_bytes, wave_size};
}

} // namespace rocmforge::emulator
