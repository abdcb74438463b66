#include "backend/hip/transfers.h"

#include <algorithm>
#include <cstring>

namespace rocmforge::hip {

void Transfers::clear()
{
    if (in_flight_)
        queue_.succeeded(queue_.synchronize());
    in_flight_ = false;
    used_ = 0;
    // The last chunk is the largest; from now on it is enough for all.
    if (chunks_.size() > 1)
        chunks_.erase(chunks_.begin(), chunks_.end() - 1);
}

const void* Transfers::put_bytes(const void* values, int64_t bytes)
{
    constexpr int64_t alignment = 64;
    const int64_t begin = (used_ + alignment - 1) / alignment * alignment;
    const bool fits = !chunks_.empty() && begin + bytes <= chunks_.back().bytes;
    if (!fits && !queue_.succeeded(add_chunk(bytes)))
        return nullptr;
    const int64_t offset = fits ? begin : 0;
    used_ = offset + bytes;
    in_flight_ = true;
    Chunk& chunk = chunks_.back();
    auto* host = static_cast<std::byte*>(chunk.host.get()) + offset;
    auto* device = static_cast<std::byte*>(chunk.device.get()) + offset;
    if (bytes > 0)
        std::memcpy(host, values, static_cast<size_t>(bytes));
    queue_.copy(device, host, bytes);
    return device;
}

Status Transfers::add_chunk(int64_t bytes)
{
    constexpr int64_t smallest = 65536;
    Chunk chunk;
    chunk.bytes = std::max(2 * bytes, chunks_.empty() ? smallest : 2 * chunks_.back().bytes);
    TRY(chunk.host, allocate_pinned(queue_.runtime(), chunk.bytes));
    TRY(chunk.device, allocate_device(queue_.runtime(), chunk.bytes));
    chunks_.push_back(std::move(chunk));
    return {};
}

} // namespace rocmforge::hip
