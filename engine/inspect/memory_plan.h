// How much memory a model needs to run, by length of context.
#pragma once

#include "model/config.h"

#include <rocmforge/model_info.h>

#include <cstdint>
#include <vector>

namespace rocmforge {

/// For 2048, 4096, … and n_ctx_train itself, with a KV cache for one conversation.
[[nodiscard]] std::vector<MemoryPlan> plan_memory(const Config& config, int64_t weight_bytes);

} // namespace rocmforge
