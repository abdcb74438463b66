#include "scheduler/loaded_model.h"

#include "backend/cpu/cpu_backend.h"
#include "backend/hip/gpu_backend.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace rocmforge {

namespace {

using Backends = std::vector<std::unique_ptr<Backend>>;

/// The processors', and after it the GPU's where that is wanted.
Result<Backends> create_backends(const LoadOptions& options)
{
    const SelfTests tests{options.self_tests, options.on_self_test};
    Backends backends;
    TRY(backends.emplace_back(), create_cpu_backend(options.n_threads, options.simd));
    if (options.device == ComputeDevice::gpu) {
        TRY(backends.emplace_back(), create_gpu_backend(options.gpu, tests));
    } else if (options.device == ComputeDevice::automatic && gpu_info().state == GpuState::ready) {
        // A device that fails its test is no reason to run nothing.
        if (auto gpu = create_gpu_backend(options.gpu, tests))
            backends.push_back(*std::move(gpu));
    }
    return backends;
}

/// A file with what will load it.
struct OpenedModel {
    std::unique_ptr<const gguf::File> file;
    Config config;
    Backends backends;
    std::vector<Backend*> all;
    LoadChoice choice;
};

Result<OpenedModel> open_model(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY(gguf::File file, gguf::File::open(path));
    OpenedModel opened;
    TRY(opened.config, read_config(file, options.architecture));
    TRY(opened.backends, create_backends(options));
    opened.file = std::make_unique<const gguf::File>(std::move(file));
    LoadSource source{*opened.file, opened.config, options, {}, {}};
    for (const auto& backend : opened.backends) {
        opened.all.push_back(backend.get());
        source.free.push_back(backend->memory_free());
    }
    source.backends = opened.all;
    TRY(opened.choice, choose_load(source));
    return opened;
}

/// What a GPU without room for all layers means; empty where it has that, or as many as were asked for.
std::string gpu_warning(const OpenedModel& opened, const LoadOptions& options)
{
    const int n_layers = opened.config.n_layers;
    const int n_on_gpu = opened.choice.shape.placement.n_layers_on(1);
    if (opened.all.size() == 1 || options.n_gpu_layers || n_on_gpu == n_layers)
        return {};
    if (n_on_gpu == 0)
        return "The GPU's free memory does not suffice for a layer of this model: the CPU computes it.";
    return "The GPU's free memory suffices for " + std::to_string(n_on_gpu) + " of "
        + std::to_string(n_layers) + " layers. The CPU computes the others, which is slower.";
}

} // namespace

Result<LoadPlan> plan_load(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY(OpenedModel opened, open_model(path, options));
    return std::move(opened.choice.plan);
}

Result<LoadedModel> load_model(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY(ModelInfo info, inspect(path, options.architecture));
    TRY(OpenedModel opened, open_model(path, options));
    TRY(std::unique_ptr<const Tokenizer> tokenizer, Tokenizer::create(opened.file->metadata()));
    TRY(PromptRenderer prompts, PromptRenderer::create(opened.file->metadata(), *tokenizer));
    TRY(Adapters adapters, open_adapters(options));
    std::ranges::copy(adapters.warnings(), std::back_inserter(info.warnings));
    if (std::string warning = gpu_warning(opened, options); !warning.empty())
        info.warnings.push_back(std::move(warning));
    const LoadShape& shape = opened.choice.shape;
    TRY(auto model,
        Model::load(*opened.file, opened.config, opened.all, shape.placement,
                    {options.progress, shape.n_ctx, std::move(adapters)}));
    return LoadedModel{std::move(info),      std::move(opened.choice), std::move(opened.file),
                       std::move(tokenizer), std::move(prompts),       std::move(opened.backends),
                       std::move(model)};
}

Result<KvCache> create_kv_cache(const LoadedModel& loaded)
{
    const LoadShape& shape = loaded.choice.shape;
    return KvCache::create(loaded.model->layer_backends(), loaded.model->kv_shapes(), shape.n_pages,
                           shape.kv_type);
}

Result<RecurrentCache> create_recurrent_cache(const LoadedModel& loaded)
{
    return RecurrentCache::create(loaded.model->layer_backends(), loaded.model->state_sizes(),
                                  loaded.choice.shape.n_slots);
}

std::string device_names(const LoadPlan& plan)
{
    std::string names;
    // The GPU first, which stands last.
    for (auto device = plan.devices.rbegin(); device != plan.devices.rend(); ++device) {
        names += (names.empty() ? "" : "; ") + device->device;
        if (plan.devices.size() > 1 && device->n_layers > 0)
            names +=
                ", " + std::to_string(device->n_layers) + " of " + std::to_string(plan.n_layers) + " layers";
        if (device->has_experts)
            names += ", experts";
    }
    return names;
}

} // namespace rocmforge
