// How the CPU backend arranges weights: panels of 16 rows, so that one vector instruction works on
// the same weights of 16 rows and one broadcast activation serves them all.
//
// A panel holds the blocks of its rows interleaved: block b of 16 rows is one block of the format (or
// that block regrouped, see arrangements.h) with every unit (a scale, four bytes of codes) widened to
// 16 units, row after row. A field at offset o of the block thus starts at 16 · o of the panel's block.
// A panel has exactly the bytes of its rows, save for those of codebook formats and TQ1_0, which are
// larger (see grouped_codebooks.h and grouped_plain.h). Rows beyond the matrix are zero.
#pragma once

#include "quant/formats.h"

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {

inline constexpr int panel_rows = 16;

/// Weight::layout of the CPU backend.
enum class Layout : uint32_t {
    rows, ///< as in the file, padded to a whole number of panels
    panels,
};

/// How matrices of this format are kept.
[[nodiscard]] Layout layout_of(Format format);

[[nodiscard]] constexpr int64_t panel_count(int64_t n_rows)
{
    return (n_rows + panel_rows - 1) / panel_rows;
}

/// Bytes of one panel with n_in weights per row: what the backend keeps of up to 16 rows.
[[nodiscard]] int64_t panel_bytes(Format format, int64_t n_in);

/// Arranges up to 16 rows, contiguous at `rows`, as one panel, which must be zero before.
void pack_panel(Format format, int64_t n_in, const std::byte* rows, int n_rows, std::byte* panel);

/// The bytes of row `row` (0 … 15) of a panel as in the file, or such as mean the same: the unused
/// values of TQ1_0's bytes are not kept.
void unpack_row(Format format, int64_t n_in, const std::byte* panel, int row, std::byte* bytes);

} // namespace rocmforge::cpu
