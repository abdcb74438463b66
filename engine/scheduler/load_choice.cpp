#include "scheduler/load_choice.h"

#include "scheduler/load_candidate.h"

#include <algorithm>

namespace rocmforge {
namespace {

constexpr int default_n_ctx = 8192;

/// What is read in one step need not be kept small.
KvType kv_type(const LoadSource& source)
{
    return source.config.causal ? source.options.kv_type : KvType::f32;
}

/// What the options ask for, with all layers on the GPU where they leave the number open.
LoadCandidate wanted(const LoadSource& source)
{
    const LoadOptions& options = source.options;
    const bool has_gpu = source.backends.size() > 1;
    const int n_layers = options.n_gpu_layers.value_or(LoadOptions::all_layers);
    return {.n_gpu_layers = has_gpu ? std::min(n_layers, source.config.n_layers) : 0,
            .experts = options.experts,
            .n_ctx = options.n_ctx > 0 ? options.n_ctx : std::min(source.config.n_ctx_train, default_n_ctx),
            .kv_tokens = options.kv_tokens,
            .kv_type = kv_type(source)};
}

/// Whether the cache takes no more than half of what weights leave of each device.
bool is_modest(const LoadPlan& plan)
{
    return std::ranges::all_of(plan.devices, [](const DevicePlan& device) {
        return 2 * device.kv_cache <= device.free - device.weights;
    });
}

/// As large a cache as the options say, or room for two full contexts, so that a second chat does not push
/// out the first, where that is modest.
Result<LoadChoice> choose_cache(const LoadSource& source, LoadCandidate candidate)
{
    TRY(LoadChoice choice, measure(source, candidate));
    if (const DevicePlan* device = find_shortfall(choice.plan))
        return does_not_fit(source, candidate, *device);
    if (source.options.kv_tokens > 0)
        return choice;
    candidate.kv_tokens = 2 * choice.plan.kv_tokens;
    TRY(LoadChoice roomy, measure(source, candidate));
    return find_shortfall(roomy.plan) || !is_modest(roomy.plan) ? choice : roomy;
}

} // namespace

Result<LoadChoice> choose_load(const LoadSource& source)
{
    LoadCandidate candidate = wanted(source);
    if (!source.options.n_gpu_layers) {
        TRY(candidate.n_gpu_layers, most_gpu_layers(source, candidate));
    }
    TRY(LoadChoice choice, choose_cache(source, candidate));
    std::erase_if(choice.plan.devices, [](const DevicePlan& device) { return device.total() == 0; });
    return choice;
}

} // namespace rocmforge
