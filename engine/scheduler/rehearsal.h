// Loading a model with backends that only count: how much memory it will take, exactly, because it is
// the same code that loads it.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "model/model.h"

#include <rocmforge/engine.h>

#include <cstdint>
#include <span>
#include <vector>

namespace rocmforge {

/// Requests that are computed at the same time.
inline constexpr int max_running = 16;

/// What is loaded, and on what.
struct LoadSource {
    const gguf::File& file;
    const Config& config;
    const LoadOptions& options;
    std::span<Backend* const> backends; ///< the processors', and a GPU's where one is to be used
    std::vector<int64_t> free; ///< bytes of each backend's device
};

/// How it is loaded.
struct LoadShape {
    Placement placement;
    int n_ctx = 0;
    int n_pages = 0;
    int n_slots = 0;
    KvType kv_type = KvType::f16;
};

/// Prompts and answers of every number of tokens and requests at the end of full contexts, after which
/// steps take no more memory. The errors of Model::forward().
[[nodiscard]] Status run_largest_steps(const Model& model, State& state, const KvCache& cache,
                                       const RecurrentCache& recurrent, const LoadShape& shape);

/// The adapters that the options name.
[[nodiscard]] Result<Adapters> open_adapters(const LoadOptions& options);

/// What each backend would take, used or not: weights, caches, activations and what the largest steps
/// grow to. The errors of loading.
[[nodiscard]] Result<std::vector<DevicePlan>> rehearse(const LoadSource& source, const LoadShape& shape);

} // namespace rocmforge
