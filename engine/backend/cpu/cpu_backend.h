// The backend for processors: SIMD kernels on a team of threads.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace rocmforge {

/// Works with n_threads threads, the caller among them: at most one per logical processor this
/// process may use, and one per core where n_threads is 0. `simd` is "", "scalar", "avx2" or
/// "avx512"; empty means what the environment variable ROCMFORGE_SIMD says, else the best there is.
/// invalid_value for an unknown level, unsupported for one this processor lacks, out_of_memory where
/// threads cannot be had.
///
/// Steps run when called and are done on return; memory the backend runs out of is reported by
/// synchronize(). The data given to upload_matrix() is copied and may go.
[[nodiscard]] Result<std::unique_ptr<Backend>> create_cpu_backend(int n_threads, std::string_view simd);

/// What the backend keeps of weights that have these bytes in the file: more in the formats of codebooks,
/// whose entries are kept in place of their indices, and of digits in base three.
[[nodiscard]] int64_t cpu_weight_bytes(Format format, int64_t file_bytes);

} // namespace rocmforge
