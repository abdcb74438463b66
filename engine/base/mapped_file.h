// A file mapped read-only. Reading beyond the end of a file that shrank while mapped would end the
// process with SIGBUS; a handler installed with the first mapping puts zero pages there instead and
// marks the mapping as damaged.
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <filesystem>
#include <span>

namespace rocmforge {

class MappedFile {
public:
    /// not_found, unreadable (a directory, no permission) or truncated (an empty file).
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);

    MappedFile() = default;
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
    /// True once a read met a part of the file that is gone.
    [[nodiscard]] bool damaged() const;

private:
    std::span<const std::byte> bytes_;
    int slot_ = -1; ///< in the table the signal handler reads
};

} // namespace rocmforge
