// Memory for weights, activations and the KV cache: freed all at once.
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rocmforge::cpu {

/// Hands out zeroed, 64-byte aligned memory on huge pages where the system grants them, and frees it
/// when destroyed. Movable; used by one thread at a time.
class Arena {
public:
    Arena() = default;
    ~Arena();
    Arena(Arena&& other) noexcept;
    Arena& operator=(Arena&& other) noexcept;

    /// out_of_memory with the bytes wanted and available.
    [[nodiscard]] Result<std::byte*> allocate(int64_t bytes);

private:
    struct Slab {
        void* mapping = nullptr;
        int64_t mapping_bytes = 0;
        std::byte* next = nullptr; ///< first free byte
        std::byte* end = nullptr;
    };

    [[nodiscard]] Status add_slab(int64_t bytes);

    std::vector<Slab> slabs_;
};

/// One block of memory that is replaced by a larger one when it must be; its content is then lost.
class Scratch {
public:
    /// At least `bytes`, 64-byte aligned, valid until the next call.
    [[nodiscard]] Result<std::byte*> reserve(int64_t bytes);

private:
    Arena arena_;
    std::byte* data_ = nullptr;
    int64_t bytes_ = 0;
};

} // namespace rocmforge::cpu
