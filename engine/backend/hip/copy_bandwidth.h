// How fast copies to, from and within a GPU are.
#pragma once

#include "backend/hip/hip_runtime.h"

#include <rocmforge/doctor.h>

namespace rocmforge::hip {

/// The best of several copies of 64 MiB each. device_error, out_of_memory.
[[nodiscard]] Result<CopyBandwidth> measure_copy_bandwidth(const Runtime& runtime, const Device& device);

} // namespace rocmforge::hip
