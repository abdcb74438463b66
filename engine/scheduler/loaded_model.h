// All that a model file becomes in memory, apart from the requests on it.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "model/model.h"
#include "scheduler/prompt_renderer.h"
#include "tokenizer/tokenizer.h"

#include <rocmforge/engine.h>
#include <rocmforge/model_info.h>

#include <filesystem>
#include <memory>

namespace rocmforge {

/// In the order of dependence: what is below uses what is above.
struct LoadedModel {
    ModelInfo info;
    int n_ctx = 0; ///< tokens of one request that the options ask for
    std::unique_ptr<const gguf::File> file;
    std::unique_ptr<const Tokenizer> tokenizer;
    PromptRenderer prompts;
    std::unique_ptr<Backend> backend;
    std::shared_ptr<const Model> model;
};

[[nodiscard]] Result<LoadedModel> load_model(const std::filesystem::path& path, const LoadOptions& options);

/// A KV cache as large as the options say.
[[nodiscard]] Result<KvCache> create_kv_cache(const LoadedModel& loaded, const LoadOptions& options);

/// Slots for the states of running requests and for checkpoints, as many as memory suggests; none where
/// the model has no recurrent layers.
[[nodiscard]] Result<RecurrentCache> create_recurrent_cache(const LoadedModel& loaded);

} // namespace rocmforge
