// The doctor, looking where it is told.
#pragma once

#include "backend/hip/gpu_probe.h"

#include <rocmforge/doctor.h>

namespace rocmforge {

[[nodiscard]] DoctorReport diagnose(const GpuProbePaths& paths,
                                    const std::function<void(const SelfTest&)>& on_self_test);

} // namespace rocmforge
