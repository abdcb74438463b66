// What the CPU backend's tests share: random data, and the same weights on both backends.
#pragma once

#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/reference.h"
#include "backend/cpu/simd_level.h"

#include "support/golden.h"

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace rocmforge::test {

/// The names of the SIMD levels this machine can run.
inline std::vector<std::string> simdLevels()
{
    std::vector<std::string> names{"scalar"};
    if (cpu::best_simd_level() >= cpu::SimdLevel::avx2)
        names.emplace_back("avx2");
    if (cpu::best_simd_level() >= cpu::SimdLevel::avx512)
        names.emplace_back("avx512");
    return names;
}

inline std::vector<float> randomFloats(int64_t n, unsigned seed, float deviation = 1.0f)
{
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0f, deviation);
    std::vector<float> values(static_cast<size_t>(n));
    for (float& value : values)
        value = normal(generator);
    return values;
}

/// Activations that 8-bit codes hold exactly: whole numbers up to 127, which every 32 contain.
inline std::vector<float> wholeFloats(int64_t n, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> uniform(-127, 127);
    std::vector<float> values(static_cast<size_t>(n));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = i % 32 == 5 ? 127.0f : static_cast<float>(uniform(generator));
    return values;
}

/// Whether products of this format round the activations to 8 bits.
inline bool roundsActivations(Format format)
{
    return format != Format::f32 && format != Format::f16 && format != Format::bf16;
}

/// One quantized random matrix on both backends.
struct WeightPair {
    std::vector<std::byte> bytes;
    Weight reference;
    Weight tested;
};

/// The reference and the CPU backend at one SIMD level.
class BackendPair {
public:
    explicit BackendPair(const std::string& simd, int nThreads = 2)
    {
        auto backend = create_cpu_backend(nThreads, simd);
        if (backend)
            tested = std::move(*backend);
    }

    const WeightPair& matrix(Format format, int64_t nIn, int64_t nOut, unsigned seed)
    {
        auto pair = std::make_unique<WeightPair>();
        pair->bytes.resize(static_cast<size_t>(format_bytes(format, nIn * nOut)));
        format_info(format).quantize(randomFloats(nIn * nOut, seed, 0.1f).data(), pair->bytes.data(),
                                     nIn * nOut);
        pair->reference = reference.upload_matrix(format, nIn, nOut, pair->bytes).value();
        pair->tested = tested->upload_matrix(format, nIn, nOut, pair->bytes).value();
        return *matrices_.emplace_back(std::move(pair));
    }

    CpuReference reference;
    std::unique_ptr<Backend> tested;

private:
    std::vector<std::unique_ptr<WeightPair>> matrices_;
};

/// Adds a data row per SIMD level: column "simd".
inline void addSimdRows()
{
    QTest::addColumn<std::string>("simd");
    for (const std::string& simd : simdLevels())
        QTest::addRow("%s", simd.c_str()) << simd;
}

} // namespace rocmforge::test
