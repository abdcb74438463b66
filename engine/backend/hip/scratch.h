// Device memory whose content is needed no longer than the step that uses it; grows as needed.
#pragma once

#include "backend/hip/queue.h"

#include <algorithm>

namespace rocmforge::hip {

class Scratch {
public:
    /// Room for n values, of undefined content and valid until the next call; null, with the queue's
    /// error set, where there is none. Growing waits for the device.
    template <typename T> T* reserve(Queue& queue, int64_t n)
    {
        return static_cast<T*>(reserve_bytes(queue, n * static_cast<int64_t>(sizeof(T))));
    }

private:
    void* reserve_bytes(Queue& queue, int64_t bytes)
    {
        if (bytes <= bytes_)
            return memory_.get();
        memory_ = {};
        bytes_ = 0;
        queue.memory_moved();
        Result<DeviceMemory> memory = allocate_device(queue.runtime(), bytes);
        if (!memory) {
            queue.succeeded(std::unexpected(std::move(memory).error()));
            return nullptr;
        }
        memory_ = *std::move(memory);
        bytes_ = bytes;
        return memory_.get();
    }

    DeviceMemory memory_;
    int64_t bytes_ = 0;
};

/// Counters that are zero when they are first given out; steps leave them so.
class ZeroedScratch {
public:
    /// As Scratch::reserve().
    [[nodiscard]] int* reserve(Queue& queue, int64_t n)
    {
        int* counters = memory_.reserve<int>(queue, n);
        if (counters && n > n_zeroed_)
            queue.fill_zero(counters, n * static_cast<int64_t>(sizeof(int)));
        // After an error nothing was filled, or there is nothing left.
        n_zeroed_ = queue.succeeded({}) ? std::max(n, n_zeroed_) : 0;
        return counters;
    }

private:
    Scratch memory_;
    int64_t n_zeroed_ = 0;
};

} // namespace rocmforge::hip
