// A file mapped read-only. Reading beyond the end of a file that shrank while mapped would end the
// process with SIGBUS; a handler installed with the first mapping puts zero pages there instead and
// marks the mapping as damaged.
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <filesystem>
#include <span>

namespace rocmforge {

/// Movable, not copyable. The bytes may be read and damaged() called from any thread.
class MappedFile {
public:
    /// not_found, unreadable (a directory, no permission), truncated (an empty file) or
    /// out_of_memory (too many files mapped at once).
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
    /// True once the file is shorter than its mapping, or a read met a part that is gone or that
    /// the disk no longer delivers. Deleting the file is no damage: its bytes stay.
    [[nodiscard]] bool damaged() const;

private:
    std::span<const std::byte> bytes_;
    int descriptor_ = -1; ///< kept open to see the file's size
    int slot_ = -1; ///< in the table the signal handler reads
};

} // namespace rocmforge
