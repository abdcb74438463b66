// How many waves of a kernel a SIMD unit holds at once. They take turns while others wait for memory.
#pragma once

#include "kernels/table/code_object.h"

#include <string_view>

namespace rocmforge::kernels {

/// As its vector registers, its scalar ones and its workgroups' local memory allow.
/// Sources: AMD's "RDNA3 Instruction Set Architecture" and "AMD Instinct MI200" of the same series, 3.6;
/// LLVM's "User Guide for AMDGPU Backend".
[[nodiscard]] int waves_per_simd(std::string_view target, const Kernel& kernel);

} // namespace rocmforge::kernels
