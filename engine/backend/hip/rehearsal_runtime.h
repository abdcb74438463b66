// A HIP runtime without a device, for planning: memory is counted and not taken, kernels are not run.
#pragma once

#include "backend/hip/hip_runtime.h"

#include <memory>

namespace rocmforge::hip {

/// Every call succeeds. Device memory has addresses where nothing is, no two of them alike; pinned
/// memory is real.
[[nodiscard]] std::unique_ptr<const Runtime> rehearsal_runtime();

} // namespace rocmforge::hip
