// The backend for this machine's GPU.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <memory>

namespace rocmforge {

/// On the first device that this build has kernels for. not_found without a HIP library, unsupported
/// without such a device, device_error, out_of_memory.
[[nodiscard]] Result<std::unique_ptr<Backend>> create_gpu_backend();

} // namespace rocmforge
