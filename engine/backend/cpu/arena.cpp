#include "backend/cpu/arena.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <sys/mman.h>
#include <utility>

namespace rocmforge::cpu {

namespace {

constexpr int64_t alignment = 64;
constexpr int64_t huge_page = 2 << 20;
constexpr int64_t slab_bytes = 32 << 20;
constexpr int64_t large = 256 << 20; // from here on, asked against what is left

int64_t round_up(int64_t bytes, int64_t to)
{
    return (bytes + to - 1) / to * to;
}

std::string in_mib(int64_t bytes)
{
    return std::to_string(bytes / (1 << 20)) + " MiB";
}

std::unexpected<Error> out_of_memory(int64_t bytes)
{
    return fail(ErrorKind::out_of_memory,
                "Not enough memory: " + in_mib(bytes) + " more are needed, "
                    + in_mib(cpu_info().memory_available) + " are available.",
                "Close other programs, or choose a smaller model or a shorter context.");
}

} // namespace

int64_t arena_bytes(int64_t bytes)
{
    return round_up(std::max<int64_t>(bytes, 1), alignment);
}

Arena::~Arena()
{
    for (const Slab& slab : slabs_)
        munmap(slab.mapping, static_cast<size_t>(slab.mapping_bytes));
}

Arena::Arena(Arena&& other) noexcept
    : slabs_(std::exchange(other.slabs_, {}))
    , bytes_(std::exchange(other.bytes_, 0))
{
}

Arena& Arena::operator=(Arena&& other) noexcept
{
    std::swap(slabs_, other.slabs_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

Result<std::byte*> Arena::allocate(int64_t bytes)
{
    const int64_t rounded = arena_bytes(bytes);
    if (slabs_.empty() || slabs_.back().end - slabs_.back().next < rounded)
        TRY_STATUS(add_slab(rounded));
    bytes_ += rounded;
    return std::exchange(slabs_.back().next, slabs_.back().next + rounded);
}

Status Arena::add_slab(int64_t bytes)
{
    // The kernel promises more than it has and later ends the process, so large wishes are checked.
    if (bytes >= large && bytes > cpu_info().memory_available)
        return out_of_memory(bytes);
    const int64_t usable = round_up(std::max(bytes, slab_bytes), huge_page);
    Slab slab{.mapping_bytes = usable + huge_page};
    slab.mapping = mmap(nullptr, static_cast<size_t>(slab.mapping_bytes), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (slab.mapping == MAP_FAILED)
        return out_of_memory(bytes);
    const auto address = reinterpret_cast<intptr_t>(slab.mapping);
    slab.next = static_cast<std::byte*>(slab.mapping) + (round_up(address, huge_page) - address);
    slab.end = slab.next + usable;
    madvise(slab.next, static_cast<size_t>(usable), MADV_HUGEPAGE); // a wish: small pages work too
    slabs_.push_back(slab);
    return {};
}

Result<std::byte*> Scratch::reserve(int64_t bytes)
{
    if (bytes <= bytes_)
        return data_;
    Arena arena;
    TRY(data_, arena.allocate(bytes));
    arena_ = std::move(arena);
    bytes_ = bytes;
    return data_;
}

} // namespace rocmforge::cpu
