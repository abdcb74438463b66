// Parameters of a model, counted from the shapes of its tensors.
#pragma once

#include "gguf/gguf.h"

#include <cstdint>
#include <span>

namespace rocmforge {

struct ParameterCount {
    int64_t total = 0;
    int64_t active = 0; ///< that one token uses: of each layer's experts only those chosen
    int64_t bytes_per_token = 0; ///< read for one token: the active ones, of an untied embedding one row
};

/// n_experts 0 = no mixture of experts.
[[nodiscard]] ParameterCount count_parameters(std::span<const gguf::TensorInfo> tensors, int n_experts,
                                              int n_experts_used);

} // namespace rocmforge
