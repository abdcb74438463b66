// The tensor formats GGUF files store weights in, as the host sees them; format_list.h names them.
#pragma once

#include "quant/format_list.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace rocmforge {

/// Values are GGUF tensor type ids.
enum class Format : uint32_t {
#define ROCMFORGE_ENUMERATOR(enumerator, id, block, name) enumerator = id,
    ROCMFORGE_FORMATS(ROCMFORGE_ENUMERATOR)
#undef ROCMFORGE_ENUMERATOR
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
