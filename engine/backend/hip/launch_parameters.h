// What steps are given, as the kernels want it.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_batch.h"
#include "kernels/parameters.h"

namespace rocmforge::hip {

/// Threads of the kernels that take one head.
inline constexpr int head_threads = 64;

[[nodiscard]] int64_t elementwise_groups(int64_t n);
[[nodiscard]] device::ActivationKind activation_kind(Activation activation);
/// "f32", "f16" or "q8_0": in the names of kernels on a cache of this type.
[[nodiscard]] const char* cache_name(KvType type);

/// Threads for a row: each has four values, in whole waves of any size.
[[nodiscard]] int32_t row_threads(int64_t width);

[[nodiscard]] device::NormParameters norm_parameters(float* y, const float* x, const int32_t* rows,
                                                     const Norm& norm, int64_t width);
/// Without the heads.
[[nodiscard]] device::RopeParameters rope_parameters(const Rope& rope, const DeviceBatch& batch);
[[nodiscard]] device::RouteParameters route_parameters(const Routes& routes, const float* logits,
                                                       const Routing& routing);

/// unsupported where heads are longer than the kernels take.
[[nodiscard]] Status check_head(int k_dim, int v_dim);
/// unsupported where there are more experts than the kernels take.
[[nodiscard]] Status check_routing(const Routing& routing);

} // namespace rocmforge::hip
