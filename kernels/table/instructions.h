// What instructions do, as far as the speed of kernels depends on it.
#pragma once

#include "kernels/table/code_object.h"

#include <span>

namespace rocmforge::kernels {

/// Bytes that a load from global memory gives each lane; 0 for other instructions.
[[nodiscard]] int load_bytes(const Instruction& instruction);

/// Counts over a kernel or a loop.
struct InstructionCounts {
    int issued = 0; ///< all but hints to the scheduler and waits
    int dot4 = 0; ///< four products of 8-bit numbers each
    int matrix = 0; ///< WMMA, MFMA
    int multiply_adds = 0; ///< of floats
    int widest_load = 0; ///< bytes
    int loaded_bytes = 0; ///< that a lane loads from global memory
    int wide_loaded_bytes = 0; ///< of these, in loads of 16 bytes
};
[[nodiscard]] InstructionCounts count_instructions(std::span<const Instruction> code);

/// The loop that does the kernel's work: of those that contain no other, the one with the most products.
/// Empty where the kernel has no loop.
[[nodiscard]] std::span<const Instruction> main_loop(std::span<const Instruction> code);

} // namespace rocmforge::kernels
