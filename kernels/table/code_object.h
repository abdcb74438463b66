// What LLVM's tools say of a code object: the metadata that the loader reads, and the instructions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::kernels {

struct Instruction {
    std::string text; ///< "v_add_f32_e32 v1, v2, v3"
    int64_t offset = 0; ///< bytes from the kernel's beginning
    int64_t target = -1; ///< of a branch: the offset it goes to

    /// "v_add_f32_e32"
    [[nodiscard]] std::string_view mnemonic() const
    {
        return std::string_view(text).substr(0, text.find(' '));
    }
};

struct Kernel {
    std::string name;
    std::map<std::string, int, std::less<>> metadata; ///< "vgpr_count", "private_segment_fixed_size" …
    std::vector<Instruction> code;

    /// 0 where the metadata does not name it.
    [[nodiscard]] int count(std::string_view key) const
    {
        const auto found = metadata.find(key);
        return found != metadata.end() ? found->second : 0;
    }
};

/// The kernels in what `llvm-readelf --notes` prints, with their code from what `llvm-objdump -d` prints.
[[nodiscard]] std::vector<Kernel> parse_kernels(std::string_view notes, std::string_view disassembly);

} // namespace rocmforge::kernels
