#include "backend/hip/transfers.h"

#include <algorithm>
#include <cstring>

namespace rocmforge::hip {

void Transfers::begin()
{
    side_ ^= 1;
    if (in_flight_[side_])
        queue_.wait(arrived_[side_]);
    in_flight_[side_] = false;
    used_ = sent_ = 0;
    // The last chunk is the largest; from now on it is enough for all.
    if (chunks_.size() > 1) {
        queue_.succeeded(queue_.synchronize());
        chunks_.erase(chunks_.begin(), chunks_.end() - 1);
    }
}

void* Transfers::put_bytes(const void* values, int64_t bytes, int64_t capacity)
{
    constexpr int64_t alignment = 64;
    const int64_t wanted = std::max(bytes, capacity);
    const int64_t begin = (used_ + alignment - 1) / alignment * alignment;
    if (chunks_.empty() || begin + wanted > chunks_.back().bytes) {
        send();
        if (!queue_.succeeded(add_chunk(wanted)))
            return nullptr;
        used_ = sent_ = 0;
    }
    const int64_t offset = used_ == 0 ? 0 : begin;
    used_ = offset + wanted;
    Chunk& chunk = chunks_.back();
    if (bytes > 0)
        std::memcpy(static_cast<std::byte*>(chunk.host[side_].get()) + offset, values,
                    static_cast<size_t>(bytes));
    return static_cast<std::byte*>(chunk.device.get()) + offset;
}

void Transfers::send()
{
    if (used_ == sent_ || !queue_.succeeded(create_events()))
        return;
    const Chunk& chunk = chunks_.back();
    queue_.copy(static_cast<std::byte*>(chunk.device.get()) + sent_,
                static_cast<std::byte*>(chunk.host[side_].get()) + sent_, used_ - sent_);
    queue_.mark(arrived_[side_]);
    in_flight_[side_] = true;
    sent_ = used_;
}

Status Transfers::create_events()
{
    for (Event& event : arrived_) {
        if (event.get())
            continue;
        TRY(event, create_event(queue_.runtime()));
    }
    return {};
}

Status Transfers::add_chunk(int64_t bytes)
{
    constexpr int64_t smallest = 65536;
    Chunk chunk;
    chunk.bytes = std::max(2 * bytes, chunks_.empty() ? smallest : 2 * chunks_.back().bytes);
    for (PinnedMemory& host : chunk.host) {
        TRY(host, allocate_pinned(queue_.runtime(), chunk.bytes));
    }
    TRY(chunk.device, allocate_device(queue_.runtime(), chunk.bytes));
    queue_.memory_moved();
    chunks_.push_back(std::move(chunk));
    return {};
}

} // namespace rocmforge::hip
