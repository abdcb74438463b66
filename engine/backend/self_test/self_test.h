// Runs every check on a backend and on the CPU reference, and compares.
#pragma once

#include "backend/backend.h"

#include <rocmforge/self_test.h>

#include <functional>
#include <string>

namespace rocmforge {

/// Fills in failures, n_comparisons, seconds and the state of `test`, which is running meanwhile;
/// `before_each` sees it before each kernel, so that a crash can be told from. out_of_memory, with the
/// state untested, where there is no room for the data: no fault of the kernels.
[[nodiscard]] Status run_self_test(Backend& tested, SelfTest& test,
                                   const std::function<void(const SelfTest&)>& before_each);

} // namespace rocmforge
