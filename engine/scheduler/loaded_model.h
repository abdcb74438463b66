// All that a model file becomes in memory, apart from the requests on it.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "model/model.h"
#include "scheduler/load_choice.h"
#include "scheduler/prompt_renderer.h"
#include "tokenizer/tokenizer.h"

#include <rocmforge/engine.h>
#include <rocmforge/model_info.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace rocmforge {

/// In the order of dependence: what is below uses what is above.
struct LoadedModel {
    ModelInfo info;
    LoadChoice choice;
    std::unique_ptr<const gguf::File> file;
    std::unique_ptr<const Tokenizer> tokenizer;
    PromptRenderer prompts;
    std::vector<std::unique_ptr<Backend>> backends;
    std::shared_ptr<const Model> model;
};

[[nodiscard]] Result<LoadedModel> load_model(const std::filesystem::path& path, const LoadOptions& options);

/// What load_model() and the caches would take.
[[nodiscard]] Result<LoadPlan> plan_load(const std::filesystem::path& path, const LoadOptions& options);

/// A KV cache as large as was chosen.
[[nodiscard]] Result<KvCache> create_kv_cache(const LoadedModel& loaded);

/// Slots for the states of running requests and for checkpoints, as many as were chosen; none where the
/// model has no recurrent layers.
[[nodiscard]] Result<RecurrentCache> create_recurrent_cache(const LoadedModel& loaded);

/// "GPU Radeon (gfx1100), 20 of 32 layers; CPU AVX2, 8 threads, 12 of 32 layers".
[[nodiscard]] std::string device_names(const LoadPlan& plan);

} // namespace rocmforge
