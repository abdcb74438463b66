// The backend for this machine's GPU.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>
#include <rocmforge/self_test.h>

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace rocmforge {

/// What is known of GPUs, and who is told what is learnt: see LoadOptions.
struct SelfTests {
    std::span<const SelfTest> known = {};
    std::function<void(const SelfTest&)> on_change = {};
};

/// On the best of the devices that `wanted` names (see LoadOptions::gpu) that this build has kernels for
/// and whose self-test passed. not_found without a HIP library or such a device, unsupported where there
/// are no kernels for any of them, device_error where their kernels do not compute as the CPU does,
/// out_of_memory.
[[nodiscard]] Result<std::unique_ptr<Backend>> create_gpu_backend(std::string_view wanted,
                                                                  const SelfTests& tests);

} // namespace rocmforge
