#include "backend/hip/device_arena.h"

#include <algorithm>
#include <cstddef>

namespace rocmforge::hip {

Result<void*> DeviceArena::allocate(int64_t bytes)
{
    constexpr int64_t alignment = 256;
    const int64_t rounded = (std::max<int64_t>(bytes, 1) + alignment - 1) / alignment * alignment;
    if (rounded > chunk_bytes_) {
        TRY(DeviceMemory own, allocate_device(*runtime_, std::max<int64_t>(bytes, 1)));
        bytes_ += std::max<int64_t>(bytes, 1);
        return chunks_.emplace_back(std::move(own)).get();
    }
    if (rounded > left_) {
        TRY(DeviceMemory chunk, allocate_device(*runtime_, chunk_bytes_));
        next_ = static_cast<std::byte*>(chunks_.emplace_back(std::move(chunk)).get());
        left_ = chunk_bytes_;
    }
    left_ -= rounded;
    bytes_ += rounded;
    return std::exchange(next_, next_ + rounded);
}

} // namespace rocmforge::hip
