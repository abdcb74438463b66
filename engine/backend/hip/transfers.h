// Small arrays on their way to the device: gathered in pinned memory and sent together, without the host
// waiting. What put() returns is valid for steps until begin() is called again; the same arrays in the
// same order have the same places each time.
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

    /// Forgets all arrays. Waits where what was sent the last time but one is still on its way.
    void begin();
    /// Device memory that will hold the values once they are sent, with room for at least `capacity`;
    /// null, with the queue's error set, where there is none.
    template <typename T> T* put(std::span<const T> values, size_t capacity = 0)
    {
        constexpr auto size = static_cast<int64_t>(sizeof(T));
        return static_cast<T*>(put_bytes(values.data(), static_cast<int64_t>(values.size_bytes()),
                                         static_cast<int64_t>(capacity) * size));
    }
    /// Sends what was put since it was last called.
    void send();

private:
    struct Chunk {
        PinnedMemory host[2]; ///< the device may still read from one while the other is filled
        DeviceMemory device;
        int64_t bytes = 0;
    };
    void* put_bytes(const void* values, int64_t bytes, int64_t capacity);
    [[nodiscard]] Status add_chunk(int64_t bytes);
    [[nodiscard]] Status create_events();

    Queue& queue_;
    std::vector<Chunk> chunks_; ///< the last one is being filled
    int64_t used_ = 0; ///< bytes of the last chunk
    int64_t sent_ = 0; ///< of these
    Event arrived_[2]; ///< of each side
    bool in_flight_[2] = {};
    int side_ = 0;
};

} // namespace rocmforge::hip
