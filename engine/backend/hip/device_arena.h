// Device memory handed out in pieces from few large allocations, given back all at once.
#pragma once

#include "backend/hip/hip_objects.h"

#include <vector>

namespace rocmforge::hip {

class DeviceArena {
public:
    /// Allocates chunks of at least chunk_bytes; 0 = each piece by itself, so that an emulator sees
    /// an access beyond it. The runtime must outlive the arena.
    DeviceArena(const Runtime& runtime, int64_t chunk_bytes)
        : runtime_(&runtime)
        , chunk_bytes_(chunk_bytes)
    {
    }

    /// Memory of undefined content, 256-byte aligned, that lives as long as the arena; out_of_memory.
    [[nodiscard]] Result<void*> allocate(int64_t bytes);
    /// Of all that was handed out.
    [[nodiscard]] int64_t bytes() const { return bytes_; }

private:
    const Runtime* runtime_;
    int64_t chunk_bytes_;
    std::vector<DeviceMemory> chunks_;
    std::byte* next_ = nullptr; ///< what is left of a chunk
    int64_t left_ = 0;
    int64_t bytes_ = 0;
};

} // namespace rocmforge::hip
