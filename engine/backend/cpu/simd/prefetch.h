// Reading weights ahead of their use.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {
namespace {

/// Far enough for the memory's latency at its full rate; the processors' own prefetching alone reached
/// half of it.
constexpr int64_t prefetch_distance = 8192;

/// Fetches what lies prefetch_distance behind these bytes.
template <int64_t n_bytes> ROCMFORGE_INLINE void prefetch_behind(const std::byte* bytes)
{
    for (int64_t i = 0; i < n_bytes; i += 64)
        __builtin_prefetch(bytes + prefetch_distance + i);
}

} // namespace
} // namespace rocmforge::cpu
