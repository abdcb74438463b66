// Device memory that notices mistakes: filled with NaNs, ending at a page that faults, and with a
// border before and after it that must not be written.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace rocmforge::emulator {

class Memory {
public:
    ~Memory();

    /// 64-byte aligned; null where the system has none.
    [[nodiscard]] void* allocate(size_t bytes);
    /// False for memory that is not allocated.
    bool release(void* memory);
    /// Bytes in use.
    [[nodiscard]] size_t allocated() const;
    /// What was written outside of an allocation; empty = nothing.
    [[nodiscard]] std::string find_damage() const;
    /// "20 bytes after the end of an allocation of 512 bytes".
    [[nodiscard]] std::string describe(const void* address) const;

private:
    struct Block {
        std::byte* mapping; ///< a page that faults, the pages in use, a page that faults
        size_t mapping_bytes;
        size_t bytes; ///< as asked for
    };
    [[nodiscard]] static bool border_is_intact(const std::byte* memory, const Block& block);

    std::map<const std::byte*, Block> blocks_;
};

} // namespace rocmforge::emulator
