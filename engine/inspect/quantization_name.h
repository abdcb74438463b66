// What people call a file's mix of formats: "Q4_K_M".
#pragma once

#include "gguf/gguf.h"

#include <rocmforge/model_info.h>

#include <span>
#include <string>
#include <vector>

namespace rocmforge {

/// By bytes, largest first.
[[nodiscard]] std::vector<FormatShare> format_shares(std::span<const gguf::TensorInfo> tensors);

/// The name that general.file_type stands for, where the formats bear it out: converters copy the
/// key from the file they started with. Else the format with the most bytes; empty without tensors.
[[nodiscard]] std::string quantization_name(const gguf::Metadata& metadata,
                                            std::span<const FormatShare> shares);

} // namespace rocmforge
