// How each format's blocks lie in panels (see panels.h).
#pragma once

#include "quant/formats.h"

#include <cstddef>
#include <span>

namespace rocmforge::cpu {

/// `count` units of `unit` (1, 2 or 4) bytes from `offset` of a block on.
struct Field {
    size_t offset;
    size_t unit;
    size_t count;
};

struct Arrangement {
    std::span<const Field> fields; ///< of a block as the panel has it; none: rows as in the file
    size_t block_bytes; ///< of it; at most max_panel_block_bytes
    /// From the file's block and back; null where the panel has the file's blocks.
    void (*group)(const std::byte* block, std::byte* grouped);
    void (*ungroup)(const std::byte* grouped, std::byte* block);
};
inline constexpr size_t max_panel_block_bytes = 256;

[[nodiscard]] Arrangement arrangement_of(Format format);

} // namespace rocmforge::cpu
