// Memory between two pages that fault.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace rocmforge::emulator {

inline constexpr size_t fiber_stack_bytes = 65536;
inline constexpr size_t guard_bytes = 4096;

inline std::byte* map_guarded(size_t bytes)
{
    void* mapping =
        mmap(nullptr, bytes + 2 * guard_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED)
        throw std::bad_alloc();
    auto* memory = static_cast<std::byte*>(mapping) + guard_bytes;
    mprotect(memory, bytes, PROT_READ | PROT_WRITE);
    return memory;
}

inline void unmap_guarded(std::byte* memory, size_t bytes)
{
    munmap(memory - guard_bytes, bytes + 2 * guard_bytes);
}

} // namespace rocmforge::emulator
