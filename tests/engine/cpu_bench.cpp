// Speed of the CPU backend's products, format by format, on a matrix of a small model's shape:
//   cpu_bench [threads] [format …]
// Decoding (one token) is bound by memory: GB/s of weights, and their share of what the machine can
// read. Prefill (512 tokens) is bound by arithmetic: operations per second. The weights rotate
// through more memory than any cache has.
#include "backend/cpu/cpu_backend.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

using namespace rocmforge;

namespace {

constexpr int64_t n_in = 2048;
constexpr int64_t n_out = 8192;
constexpr int64_t rotated_bytes = 256 << 20;
constexpr double min_seconds = 0.5;

std::vector<float> random_floats(int64_t n)
{
    std::mt19937 generator(1);
    std::normal_distribution<float> normal(0.0f, 0.05f);
    std::vector<float> values(static_cast<size_t>(n));
    std::ranges::generate(values, [&] { return normal(generator); });
    return values;
}

/// One quantized row, repeated.
std::vector<std::byte> matrix_bytes(Format format)
{
    std::vector<std::byte> row(static_cast<size_t>(format_bytes(format, n_in)));
    format_info(format).quantize(random_floats(n_in).data(), row.data(), n_in);
    std::vector<std::byte> bytes;
    for (int64_t i = 0; i < n_out; ++i)
        bytes.insert(bytes.end(), row.begin(), row.end());
    return bytes;
}

/// Best seconds of one product, over rounds through all matrices.
double seconds_per_product(Backend& backend, const std::vector<Weight>& weights, int n_tokens)
{
    const auto x = random_floats(n_tokens * n_in);
    std::vector<float> y(static_cast<size_t>(n_tokens * n_out));
    double best = 1e9, total = 0;
    while (total < min_seconds) {
        const auto start = std::chrono::steady_clock::now();
        for (const Weight& weight : weights) {
            const Projection projection{y.data(), &weight};
            backend.project({&projection, 1}, x.data(), nullptr, n_tokens);
        }
        const double seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        best = std::min(best, seconds / static_cast<double>(weights.size()));
        total += seconds;
    }
    return best;
}

void bench(const FormatInfo& format, int n_threads, double bandwidth)
{
    auto backend = create_cpu_backend(n_threads, "");
    if (!backend)
        return;
    const auto bytes = matrix_bytes(format.format);
    const auto n_bytes = static_cast<int64_t>(bytes.size());
    std::vector<Weight> weights;
    for (int64_t used = 0; used < rotated_bytes; used += n_bytes) {
        const auto weight = (*backend)->upload_matrix(format.format, n_in, n_out, bytes);
        if (!weight)
            return;
        weights.push_back(*weight);
    }
    const double one = seconds_per_product(**backend, weights, 1);
    weights.resize(2);
    const double many = seconds_per_product(**backend, weights, 512);
    const double read = static_cast<double>(n_bytes) / one;
    const double operations = 2.0 * n_in * n_out * 512 / many;
    std::printf("%-8.*s %8.1f GB/s %5.0f %% %10.0f GOP/s\n", static_cast<int>(format.name.size()),
                format.name.data(), read / 1e9, 100 * read / bandwidth, operations / 1e9);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv)
{
    const int n_threads = argc > 1 ? std::atoi(argv[1]) : cpu_info().n_cores;
    const double bandwidth = measure_read_bandwidth(n_threads);
    std::printf("%s, %s, %d threads, read bandwidth %.1f GB/s\n%lld × %lld: 1 token, 512 tokens\n",
                cpu_info().name.c_str(), cpu_info().simd.c_str(), n_threads, bandwidth / 1e9,
                static_cast<long long>(n_out), static_cast<long long>(n_in));
    for (const FormatInfo& format : formats())
        if (argc <= 2
            || std::any_of(argv + 2, argv + argc, [&](const char* name) { return format.name == name; }))
            bench(format, n_threads, bandwidth);
}
