#include "backend/hip/copy_bandwidth.h"

#include "backend/hip/hip_objects.h"

#include <algorithm>
#include <chrono>

namespace rocmforge::hip {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t n_bytes = int64_t{64} << 20;
/// The first copies wake the clocks.
constexpr int n_copies = 8;

/// Seconds of the fastest copy.
Result<double> time_copies(const Runtime& runtime, const Stream& stream, void* to, const void* from)
{
    double best = 1e9;
    for (int i = 0; i < n_copies; ++i) {
        const auto start = Clock::now();
        TRY_STATUS(runtime.check(
            runtime.api().hipMemcpyAsync(to, from, size_t{n_bytes}, hipMemcpyDefault, stream.get()),
            "copying memory"));
        TRY_STATUS(runtime.check(runtime.api().hipStreamSynchronize(stream.get()), "waiting for a copy"));
        best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    }
    return best;
}

} // namespace

Result<CopyBandwidth> measure_copy_bandwidth(const Runtime& runtime, const Device& device)
{
    TRY_STATUS(runtime.check(runtime.api().hipSetDevice(device.index), "choosing the device"));
    TRY(const Stream stream, create_stream(runtime));
    TRY(const PinnedMemory host, allocate_pinned(runtime, n_bytes));
    TRY(const DeviceMemory memory, allocate_device(runtime, n_bytes));
    TRY(const DeviceMemory other, allocate_device(runtime, n_bytes));
    TRY(const double to_device, time_copies(runtime, stream, memory.get(), host.get()));
    TRY(const double from_device, time_copies(runtime, stream, host.get(), memory.get()));
    TRY(const double within_device, time_copies(runtime, stream, other.get(), memory.get()));
    constexpr double bytes = n_bytes;
    return CopyBandwidth{bytes / to_device, bytes / from_device, 2 * bytes / within_device};
}

} // namespace rocmforge::hip
