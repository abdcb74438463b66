// The backend for GPUs: every step a kernel launch, in order, on one stream.
#pragma once

#include "backend/backend.h"
#include "backend/hip/hip_runtime.h"

#include <memory>

namespace rocmforge {

struct HipOptions {
    /// Weights and caches are carved from allocations of this size; 0 = each by itself.
    int64_t chunk_bytes = int64_t{64} << 20;
};

/// Loads the kernels for the device. unsupported where this build has none for its target;
/// device_error, out_of_memory. The data given to upload_matrix() is copied and may go. The runtime
/// must outlive the backend.
[[nodiscard]] Result<std::unique_ptr<Backend>>
create_hip_backend(const hip::Runtime& runtime, const hip::Device& device, const HipOptions& options = {});

} // namespace rocmforge
