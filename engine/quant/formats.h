// The list of tensor formats GGUF files store weights in: the one place a format is named.
// Everything that works per format (dequantize, CPU dot products, device kernels, tests, bench)
// iterates over or switches on this list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rocmforge {

/// Values are GGUF tensor type ids.
enum class Format : uint32_t {
    f32 = 0,
    f16 = 1,
    q4_0 = 2,
    q4_1 = 3,
    q5_0 = 6,
    q5_1 = 7,
    q8_0 = 8,
    q2_k = 10,
    q3_k = 11,
    q4_k = 12,
    q5_k = 13,
    q6_k = 14,
    iq2_xxs = 16,
    iq2_xs = 17,
    iq3_xxs = 18,
    iq1_s = 19,
    iq4_nl = 20,
    iq3_s = 21,
    iq2_s = 22,
    iq4_xs = 23,
    iq1_m = 29,
    bf16 = 30,
    tq1_0 = 34,
    tq2_0 = 35,
    mxfp4 = 39,
    nvfp4 = 40,
    q1_0 = 41,
    q2_0 = 42,
};

struct FormatInfo {
    Format format;
    std::string_view name; ///< as people write it: "Q4_K"
    int block_weights; ///< weights per block; a row holds a whole number of blocks
    int block_bytes;
    /// Expands n weights (a multiple of block_weights) from src to dst.
    void (*dequantize)(const std::byte* src, float* dst, int64_t n);
    /// The inverse, see quantize.h.
    void (*quantize)(const float* src, std::byte* dst, int64_t n);
};

/// All supported formats, in the order of their GGUF ids.
[[nodiscard]] std::span<const FormatInfo> formats();

/// The entry of a supported format.
[[nodiscard]] const FormatInfo& format_info(Format format);

/// The format with this GGUF type id; nullopt where it is not supported.
[[nodiscard]] std::optional<Format> format_from_gguf(uint32_t type_id);

/// The format people call `name` (case-insensitive); nullopt where there is none.
[[nodiscard]] std::optional<Format> format_from_name(std::string_view name);

/// Bytes of n weights (a multiple of the block's).
[[nodiscard]] int64_t format_bytes(Format format, int64_t n);

} // namespace rocmforge
