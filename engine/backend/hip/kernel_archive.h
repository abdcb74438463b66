// The compiled kernels that the engine carries: one code object per target and source file, and the
// table of what the compiler made of them (rocmforge/kernel_table.h).
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::hip {

struct CodeObject {
    std::string name; ///< "gfx1100/product.co"
    std::vector<std::byte> image; ///< ELF
};

/// Targets that there are kernels for, sorted; empty in a build without a device compiler.
[[nodiscard]] std::vector<std::string> kernel_targets();

/// The code objects of one target; unsupported, naming those there are, where it has none.
[[nodiscard]] Result<std::vector<CodeObject>> code_objects(std::string_view target);

/// What tells this program and its kernels from others: "0.1.0-9f3c27b1".
[[nodiscard]] std::string kernel_build();

} // namespace rocmforge::hip
