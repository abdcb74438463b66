// Reference data for tests: where it is, how to read it, how to compare.
#pragma once

#include <QtTest>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

namespace rocmforge::test {

inline std::filesystem::path goldenDir()
{
    if (const char* dir = std::getenv("ROCMFORGE_GOLDEN_DIR"))
        return dir;
    return std::filesystem::path(ROCMFORGE_SOURCE_DIR) / "../shared/golden";
}

/// Small copies of reference data that every checkout has.
inline std::filesystem::path dataDir()
{
    return std::filesystem::path(ROCMFORGE_SOURCE_DIR) / "tests/data";
}

template <typename T>
std::vector<T> readArray(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        return {};
    std::vector<T> values(static_cast<size_t>(file.tellg()) / sizeof(T));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
    return values;
}

/// sum((a - b)²) / sum(b²), b the reference.
inline double nmse(std::span<const float> a, std::span<const float> b)
{
    double error = 0, power = 0;
    for (size_t i = 0; i < b.size(); ++i) {
        const double difference = double(a[i]) - double(b[i]);
        error += difference * difference;
        power += double(b[i]) * double(b[i]);
    }
    return error / power;
}

} // namespace rocmforge::test

/// Skips the test function, saying why, where the reference data is not at hand.
#define REQUIRE_GOLDEN()                                                                        \
    do {                                                                                        \
        if (!std::filesystem::exists(rocmforge::test::goldenDir() / "README.md"))               \
            QSKIP("no golden data: set ROCMFORGE_GOLDEN_DIR to the directory that holds it");   \
    } while (false)
