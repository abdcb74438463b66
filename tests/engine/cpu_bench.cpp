// Speed of the CPU backend's products, format by format, on a matrix of a small model's shape:
//   [ROCMFORGE_SIMD=scalar|avx2|avx512] cpu_bench [threads] [format …]
// Decoding (one token) is bound by memory: GB/s of the file's bytes, their share of what the machine
// can read, and how many times slower that is than Q4_K, measured in turns: the medians. Prefill (512
// tokens) is bound by arithmetic: operations per second, the best. The weights rotate through more
// memory than any cache has.
#include "backend/cpu/cpu_backend.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <span>
#include <vector>

using namespace rocmforge;

namespace {

constexpr int64_t n_in = 2048;
constexpr int64_t n_out = 8192;
constexpr int64_t rotated_bytes = 256 << 20;
constexpr double min_seconds = 0.5;
constexpr int rounds = 9;

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

/// A backend and enough matrices of one format.
class Matrices {
public:
    Matrices(const FormatInfo& format, int n_threads)
    {
        auto backend = create_cpu_backend(n_threads, "");
        if (!backend)
            return;
        backend_ = std::move(*backend);
        const auto bytes = matrix_bytes(format.format);
        n_bytes_ = std::ssize(bytes);
        for (int64_t used = 0; used < rotated_bytes; used += n_bytes_)
            if (const auto weight = backend_->upload_matrix(format.format, n_in, n_out, bytes))
                weights_.push_back(*weight);
    }

    [[nodiscard]] bool empty() const { return weights_.empty(); }

    /// Bytes of the file per second when one token is multiplied.
    [[nodiscard]] double decoded() { return static_cast<double>(n_bytes_) / seconds(1, weights_.size()); }

    /// Operations per second when many tokens are multiplied.
    [[nodiscard]] double prefilled()
    {
        constexpr int n_tokens = 512;
        double best = 0, total = 0;
        while (total < min_seconds) {
            const double one = seconds(n_tokens, 2);
            best = std::max(best, 2.0 * n_in * n_out * n_tokens / one);
            total += 2 * one;
        }
        return best;
    }

private:
    /// Of one product, in the mean of the first n matrices.
    [[nodiscard]] double seconds(int n_tokens, size_t n)
    {
        const auto x = random_floats(n_tokens * n_in);
        std::vector<float> y(static_cast<size_t>(n_tokens * n_out));
        const auto start = std::chrono::steady_clock::now();
        for (const Weight& weight : std::span(weights_).first(std::min(n, weights_.size()))) {
            const Projection projection{y.data(), &weight};
            backend_->project({&projection, 1}, x.data(), nullptr, n_tokens);
        }
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()
            / static_cast<double>(n);
    }

    std::unique_ptr<Backend> backend_;
    std::vector<Weight> weights_;
    int64_t n_bytes_ = 0;
};

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void bench(const FormatInfo& format, int n_threads, Matrices& q4_k, double bandwidth)
{
    Matrices matrices(format, n_threads);
    if (matrices.empty() || q4_k.empty())
        return;
    std::vector<double> decoded, slower;
    for (int i = 0; i < rounds; ++i) {
        decoded.push_back(matrices.decoded());
        slower.push_back(q4_k.decoded() / decoded.back());
    }
    const double read = median(decoded);
    std::printf("%-8.*s %8.1f GB/s %5.0f %% %8.2f × slower %8.0f GOP/s\n",
                static_cast<int>(format.name.size()), format.name.data(), read / 1e9, 100 * read / bandwidth,
                median(slower), matrices.prefilled() / 1e9);
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
    Matrices q4_k(format_info(Format::q4_k), n_threads);
    for (const FormatInfo& format : formats())
        if (argc <= 2
            || std::any_of(argv + 2, argv + argc, [&](const char* name) { return format.name == name; }))
            bench(format, n_threads, q4_k, bandwidth);
}
