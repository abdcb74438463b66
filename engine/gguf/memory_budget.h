// Keeps the heap that a file's directory takes in proportion to the file.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>

namespace rocmforge::gguf {

class MemoryBudget {
public:
    explicit MemoryBudget(uint64_t file_bytes)
        : left_(2 * file_bytes + 16384)
    {
    }

    /// implausible_count where `count` things of `each` bytes are more than a sound file needs.
    [[nodiscard]] Status spend(uint64_t count, uint64_t each)
    {
        if (count > left_ / each)
            return fail(ErrorKind::implausible_count,
                        "The file announces more entries than a file of its size can describe.",
                        "The file is damaged; download it again.");
        left_ -= count * each;
        return {};
    }

private:
    uint64_t left_;
};

} // namespace rocmforge::gguf
