// Which GPU may be used: the best whose kernels computed as the CPU does.
#pragma once

#include "backend/hip/gpu_backend.h"
#include "backend/hip/hip_runtime.h"

#include <functional>
#include <string_view>

namespace rocmforge::hip {

/// "Linux 6.1.0-18-amd64": the kernel's part of the GPU's driver comes with it.
[[nodiscard]] std::string system_name();

/// What a self-test of the device holds for, as of now.
[[nodiscard]] GpuIdentity identify(const Runtime& runtime, const Device& device);

/// Runs the self-test on a backend of its own. `on_change` sees it before each kernel and at the end.
/// unsupported without kernels, out_of_memory; device_error where the device cannot even begin.
[[nodiscard]] Result<SelfTest> test_device(const Runtime& runtime, const Device& device,
                                           const std::function<void(const SelfTest&)>& on_change);

/// The best candidate (see candidates()) with kernels that passed its test, which is run where nothing is
/// known of it. The error is that of the best: device_error with the kernel's name and numbers where it
/// failed. Where none has kernels, the best all the same.
[[nodiscard]] Result<Device> choose_tested_device(const Runtime& runtime, std::string_view wanted,
                                                  const SelfTests& tests);

} // namespace rocmforge::hip
