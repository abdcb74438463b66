// Memory for weights, activations and the KV cache: freed all at once.
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace rocmforge::cpu {

/// What an arena needs for a piece of memory.
[[nodiscard]] int64_t arena_bytes(int64_t bytes);

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
    /// Of all that was handed out.
    [[nodiscard]] int64_t bytes() const { return bytes_; }

private:
    struct Slab {
        void* mapping = nullptr;
        int64_t mapping_bytes = 0;
        std::byte* next = nullptr; ///< first free byte
        std::byte* end = nullptr;
    };

    [[nodiscard]] Status add_slab(int64_t bytes);

    std::vector<Slab> slabs_;
    int64_t bytes_ = 0;
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
