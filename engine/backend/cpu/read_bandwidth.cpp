#include "backend/cpu/arena.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/thread_pool.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <chrono>
#include <cstring>

namespace rocmforge {

namespace {

constexpr int64_t buffer_bytes = 512 << 20;
constexpr int64_t chunk_bytes = 1 << 20;
constexpr int rounds = 5;

double seconds_to_read(cpu::ThreadPool& pool, const cpu::Kernels& kernels, const std::byte* buffer)
{
    const auto start = std::chrono::steady_clock::now();
    pool.parallel_for(buffer_bytes / chunk_bytes, 8, [&](int64_t begin, int64_t end, int) {
        kernels.read(buffer + begin * chunk_bytes, (end - begin) * chunk_bytes);
    });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

double measure_read_bandwidth(int n_threads)
{
    const Result<cpu::SimdLevel> level = cpu::choose_simd_level("");
    const cpu::Kernels& kernels = cpu::kernels(level.value_or(cpu::best_simd_level()));
    cpu::Arena arena;
    const Result<std::byte*> buffer = arena.allocate(buffer_bytes);
    if (!buffer)
        return 0;
    std::memset(*buffer, 1, buffer_bytes); // or every page would be the same page of zeros
    cpu::ThreadPool pool(std::clamp(n_threads, 1, std::max(cpu_info().n_threads, 1)));
    double best = seconds_to_read(pool, kernels, *buffer);
    for (int round = 1; round < rounds; ++round)
        best = std::min(best, seconds_to_read(pool, kernels, *buffer));
    return static_cast<double>(buffer_bytes) / best;
}

} // namespace rocmforge
