// Searching the codebooks of the IQ formats.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace rocmforge {

struct Codebook {
    std::span<const uint16_t> entries; ///< n codes of `bits` bits each, the first lowest
    int n = 0;
    int bits = 0;
    std::array<float, 8> values = {}; ///< by code
};

struct CodebookMatch {
    int index = 0;
    float error = 0; ///< sum of squared differences
};

/// The entry nearest to target[0 … n - 1].
[[nodiscard]] CodebookMatch nearest_entry(const Codebook& codebook, const float* target);

enum class Parity { even, any };

/// Eight weights as magnitudes in units of `scale` and signs (bit set: negative).
struct SignedOctet {
    std::array<float, 8> magnitudes;
    int signs = 0;
};

/// With Parity::even an even number of signs is negative: the smallest weight may get the wrong one.
[[nodiscard]] SignedOctet split_signs(const float* x, float scale, Parity parity);

/// Scales d · unit · (2 k + 1), one per group of weights.
struct OddScales {
    uint16_t d = 0; ///< half
    std::array<int, 16> k = {};
    std::array<float, 16> scales = {}; ///< as they will be read
};

/// k within 0 … top.
[[nodiscard]] OddScales quantize_odd_scales(std::span<const float> wanted, float unit, int top);

} // namespace rocmforge
