// Small arrays on their way to the device: copied to pinned memory and from there without the host
// waiting. What put() returns is valid for steps until clear().
#pragma once

#include "backend/hip/queue.h"

#include <span>
#include <vector>

namespace rocmforge::hip {

class Transfers {
public:
    explicit Transfers(Queue& queue)
        : queue_(queue)
    {
    }

    /// Forgets all arrays. Waits for the device where some may still be on their way.
    void clear();
    /// Nothing more is on its way.
    void settled() { in_flight_ = false; }

    /// Device memory that will hold the values; null, with the queue's error set, where there is none.
    template <typename T> const T* put(std::span<const T> values)
    {
        return static_cast<const T*>(put_bytes(values.data(), static_cast<int64_t>(values.size_bytes())));
    }

private:
    struct Chunk {
        PinnedMemory host;
        DeviceMemory device;
        int64_t bytes = 0;
    };
    const void* put_bytes(const void* values, int64_t bytes);
    [[nodiscard]] Status add_chunk(int64_t bytes);

    Queue& queue_;
    std::vector<Chunk> chunks_; ///< the last one is being filled
    int64_t used_ = 0; ///< bytes of the last chunk
    bool in_flight_ = false;
};

} // namespace rocmforge::hip
