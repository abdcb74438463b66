// What the device compiler made of the GPU kernels of this build.
#pragma once

#include <string>
#include <vector>

namespace rocmforge {

/// Counted when the build disassembled its code objects.
struct GpuKernel {
    std::string target; ///< "gfx1100"
    std::string name; ///< "code_product_q4_k_1"
    int vgprs = 0; ///< vector registers
    int sgprs = 0; ///< scalar registers
    int local_bytes = 0; ///< of local memory (LDS) per workgroup
    int spills = 0; ///< registers that did not fit, or bytes of private memory
    int waves_per_simd = 0; ///< that registers and local memory leave room for
    int widest_load = 0; ///< bytes per lane, from global memory
    int dot4 = 0; ///< instructions of four 8-bit products
    int matrix = 0; ///< instructions on matrix tiles (WMMA, MFMA)
    // Of matrix-vector kernels' main loop; 0 for others.
    int loop_instructions = 0;
    int loop_weights = 0; ///< that a lane multiplies per iteration
    int loop_wide_bytes = 0; ///< that a lane reads per iteration in loads of 16 bytes
    /// Bytes of weights per second that a Radeon RX 7900 XTX can issue instructions for; 0 on other targets.
    double ceiling = 0;
};

/// By target, then by name. Empty in a build without a device compiler or its disassembler.
[[nodiscard]] std::vector<GpuKernel> gpu_kernels();

} // namespace rocmforge
