// The tensor directory of a GGUF file: reading it and finding each tensor's bytes.
#pragma once

#include "gguf/gguf.h"
#include "gguf/memory_budget.h"
#include "gguf/reader.h"

namespace rocmforge::gguf {

/// Reads `count` entries; what they say about the file is checked by place_tensors().
struct TensorDirectory {
    std::vector<TensorInfo> tensors;
    std::vector<uint64_t> offsets; ///< of each tensor, from the start of the data
};
[[nodiscard]] Result<TensorDirectory> read_tensor_directory(Reader& reader, uint64_t count,
                                                            MemoryBudget& budget);

/// Fills TensorInfo::data from `data`, the file's bytes from data_offset on. misaligned, truncated,
/// out_of_bounds, overlap. Returns the number of bytes of `data` that tensors cover.
[[nodiscard]] Result<uint64_t> place_tensors(TensorDirectory& directory, std::span<const std::byte> data,
                                             uint64_t alignment);

/// Indices of `tensors` sorted by name; duplicate_tensor.
[[nodiscard]] Result<std::vector<size_t>> sort_by_name(std::span<const TensorInfo> tensors);

} // namespace rocmforge::gguf
