#include "scheduler/loaded_model.h"

#include "backend/cpu/cpu_backend.h"
#include "backend/hip/gpu_backend.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace rocmforge {

namespace {

constexpr int default_n_ctx = 8192;

int context_length(const LoadOptions& options, const Config& config)
{
    return options.n_ctx > 0 ? options.n_ctx : std::min(config.n_ctx_train, default_n_ctx);
}

KvType kv_type(const LoadOptions& options)
{
    return options.kv_type == KvCacheType::f32 ? KvType::f32 : KvType::f16;
}

int pages_for(int64_t n_tokens)
{
    return static_cast<int>((n_tokens + page_tokens - 1) / page_tokens);
}

/// Room for two full contexts, so that a second chat does not push out the first, where that takes
/// no more than half of the free memory.
int default_pages(int n_ctx, int64_t page_bytes)
{
    const int n_pages = pages_for(n_ctx);
    return 2 * n_pages * page_bytes <= cpu_info().memory_available / 2 ? 2 * n_pages : n_pages;
}

/// Plenty, where that takes no more than an eighth of the free memory.
int default_slots(int64_t slot_bytes)
{
    constexpr int64_t plenty = 48;
    if (slot_bytes == 0)
        return 0;
    const int64_t fitting = cpu_info().memory_available / 8 / slot_bytes;
    return static_cast<int>(std::clamp<int64_t>(fitting, RecurrentCache::fewest_slots, plenty));
}

Result<std::unique_ptr<Backend>> create_backend(const LoadOptions& options)
{
    const SelfTests tests{options.self_tests, options.on_self_test};
    if (options.device == ComputeDevice::gpu)
        return create_gpu_backend(options.gpu, tests);
    if (options.device == ComputeDevice::automatic && gpu_info().state == GpuState::ready) {
        // A device that fails its test, or has no room, is no reason to run nothing.
        if (auto backend = create_gpu_backend(options.gpu, tests))
            return backend;
    }
    return create_cpu_backend(options.n_threads, options.simd);
}

Result<Adapters> open_adapters(const LoadOptions& options)
{
    Adapters adapters;
    for (const AdapterOptions& adapter : options.adapters)
        TRY_STATUS(adapters.add(adapter.path, adapter.scale));
    return adapters;
}

} // namespace

Result<LoadedModel> load_model(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY(ModelInfo info, inspect(path, options.architecture));
    TRY(gguf::File opened, gguf::File::open(path));
    auto file = std::make_unique<const gguf::File>(std::move(opened));
    TRY(const Config config, read_config(*file, options.architecture));
    const int n_ctx = context_length(options, config);
    TRY(std::unique_ptr<const Tokenizer> tokenizer, Tokenizer::create(file->metadata()));
    TRY(PromptRenderer prompts, PromptRenderer::create(file->metadata(), *tokenizer));
    TRY(auto backend, create_backend(options));
    TRY(Adapters adapters, open_adapters(options));
    std::ranges::copy(adapters.warnings(), std::back_inserter(info.warnings));
    TRY(auto model, Model::load(*file, config, *backend, {options.progress, n_ctx, std::move(adapters)}));
    return LoadedModel{
        std::move(info),    n_ctx,           std::move(file), std::move(tokenizer), std::move(prompts),
        std::move(backend), std::move(model)};
}

Result<KvCache> create_kv_cache(const LoadedModel& loaded, const LoadOptions& options)
{
    // What is read in one step need not be kept small.
    const KvType type = loaded.model->config().causal ? kv_type(options) : KvType::f32;
    const auto shapes = loaded.model->kv_shapes();
    const int n_pages = options.kv_tokens > 0
        ? pages_for(options.kv_tokens)
        : default_pages(loaded.n_ctx, KvCache::page_bytes(shapes, type));
    return KvCache::create(*loaded.backend, shapes, n_pages, type);
}

Result<RecurrentCache> create_recurrent_cache(const LoadedModel& loaded)
{
    const auto sizes = loaded.model->state_sizes();
    return RecurrentCache::create(*loaded.backend, sizes, default_slots(RecurrentCache::slot_bytes(sizes)));
}

} // namespace rocmforge
