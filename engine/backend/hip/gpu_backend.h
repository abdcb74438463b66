// The backend for this machine's GPU.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <memory>
#include <string_view>

namespace rocmforge {

/// On the device that `wanted` names (see LoadOptions::gpu). not_found without a HIP library or such a
/// device, unsupported where this build has no kernels for it, device_error, out_of_memory.
[[nodiscard]] Result<std::unique_ptr<Backend>> create_gpu_backend(std::string_view wanted = {});

} // namespace rocmforge
