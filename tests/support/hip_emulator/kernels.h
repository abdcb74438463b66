// The kernels compiled for the host, found by name.
#pragma once

#include "workgroup.h"

#include <optional>
#include <string>

namespace rocmforge::emulator {

struct Kernel {
    std::string name;
    KernelFunction function = nullptr;
    int max_threads = 0;
    int parameter_bytes = 0;
    int wave_size = 0;
};

/// Nullopt where there is no kernel of this name.
[[nodiscard]] std::optional<Kernel> find_kernel(const std::string& name, int wave_size);

} // namespace rocmforge::emulator
