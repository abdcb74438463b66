#include "base/mapped_file.h"

#include "base/sigbus_guard.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rocmforge {
namespace {

std::unexpected<Error> cannot_open(const std::filesystem::path& path, int error)
{
    if (error == ENOENT || error == ENOTDIR)
        return fail(ErrorKind::not_found, "There is no file " + path.string() + ".",
                    "Check the path; the file may have been moved or deleted.");
    return fail(ErrorKind::unreadable, path.string() + " cannot be opened: " + std::strerror(error) + ".",
                error == EACCES ? "Give yourself permission to read it." : "");
}

std::unexpected<Error> not_a_file(const std::filesystem::path& path, mode_t mode)
{
    if (S_ISDIR(mode))
        return fail(ErrorKind::unreadable, path.string() + " is a directory, not a file.",
                    "Choose a file inside it.");
    return fail(ErrorKind::unreadable, path.string() + " is not a regular file.");
}

} // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path)
{
    MappedFile file; // its destructor cleans up behind every failure below
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status = {};
    if (file.descriptor_ < 0 || fstat(file.descriptor_, &status) != 0)
        return cannot_open(path, errno);
    if (!S_ISREG(status.st_mode))
        return not_a_file(path, status.st_mode);
    if (status.st_size == 0)
        return fail(ErrorKind::truncated, path.string() + " is empty.", "Download it again.");

    const auto size = static_cast<size_t>(status.st_size);
    void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor_, 0);
    if (address == MAP_FAILED)
        return cannot_open(path, errno);
    file.bytes_ = {static_cast<const std::byte*>(address), size};
    file.slot_ = sigbus::guard(address, size);
    if (file.slot_ < 0)
        return fail(ErrorKind::out_of_memory, "Too many model files are open at once.",
                    "Close other models first.");
    return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {}))
    , descriptor_(std::exchange(other.descriptor_, -1))
    , slot_(std::exchange(other.slot_, -1))
{
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept
{
    std::swap(bytes_, other.bytes_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(slot_, other.slot_);
    return *this;
}

MappedFile::~MappedFile()
{
    if (slot_ >= 0)
        sigbus::release(slot_);
    if (!bytes_.empty())
        munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    if (descriptor_ >= 0)
        close(descriptor_);
}

bool MappedFile::damaged() const
{
    if (slot_ < 0)
        return false;
    if (sigbus::faulted(slot_))
        return true;
    struct stat status = {};
    return fstat(descriptor_, &status) == 0 && static_cast<size_t>(status.st_size) < bytes_.size();
}

} // namespace rocmforge
