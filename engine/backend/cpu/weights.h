// Weight matrices in the CPU backend's memory.
#pragma once

#include "backend/backend.h"
#include "backend/cpu/arena.h"
#include "backend/cpu/panels.h"
#include "backend/cpu/thread_pool.h"

namespace rocmforge::cpu {

/// Copies n_out rows of n_in weights into the arena, arranged as panels where the format has
/// kernels for these. invalid_value where `data` is not of that size.
[[nodiscard]] Result<Weight> pack_matrix(ThreadPool& pool, Arena& arena, Format format, int64_t n_in,
                                         int64_t n_out, std::span<const std::byte> data);

/// Bytes that pack_matrix() takes.
[[nodiscard]] int64_t matrix_bytes(Format format, int64_t n_in, int64_t n_out);

/// The panel that holds rows 16 · i ….
[[nodiscard]] const std::byte* panel_of(const Weight& weight, int64_t i);

/// Row `row` as floats to y (n_in). `bytes` has room for the row as in the file.
void expand_row(float* y, const Weight& weight, int64_t row, std::span<std::byte> bytes);

} // namespace rocmforge::cpu
