#include "scheduler/load_candidate.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace rocmforge {
namespace {

int pages_for(int64_t n_tokens)
{
    return static_cast<int>((n_tokens + page_tokens - 1) / page_tokens);
}

Placement place(const Config& config, const LoadCandidate& candidate)
{
    Placement placement = Placement::split(config, candidate.n_gpu_layers);
    if (candidate.experts == ExpertDevice::cpu)
        placement.place_experts(config, 0);
    return placement;
}

/// Slots for recurrent states: plenty, where that takes no more than an eighth of each device's memory.
int slots(const LoadSource& source, const Placement& placement)
{
    constexpr int64_t plenty = 48;
    const std::vector<int64_t> sizes = recurrent_state_sizes(source.config);
    int64_t fitting = std::numeric_limits<int64_t>::max();
    for (size_t device = 0; device < source.backends.size(); ++device) {
        int64_t slot_bytes = 0;
        for (size_t l = 0; l < sizes.size(); ++l)
            if (placement.layers[l] == static_cast<int>(device))
                slot_bytes += sizes[l] * int64_t{sizeof(float)};
        if (slot_bytes > 0)
            fitting = std::min(fitting, source.free[device] / 8 / slot_bytes);
    }
    if (RecurrentCache::slot_bytes(sizes) == 0)
        return 0;
    return static_cast<int>(std::clamp<int64_t>(fitting, RecurrentCache::fewest_slots, plenty));
}

std::string mib(int64_t bytes)
{
    constexpr int64_t one = int64_t{1} << 20;
    return std::to_string((bytes + one - 1) / one) + " MiB";
}

/// Another way to load a model, which fits.
struct Option {
    std::string name; ///< for people; empty = there is none
    LoadPlan plan;
};

Option option_if_fits(const LoadSource& source, const LoadCandidate& candidate, std::string name)
{
    Result<LoadChoice> choice = measure(source, candidate);
    if (!choice || find_shortfall(choice->plan))
        return {};
    return {std::move(name), std::move(choice->plan)};
}

/// Costs the least: answers stay as good.
Option smaller_cache(const LoadSource& source, LoadCandidate candidate)
{
    if (!source.config.causal) // which is not by choice
        return {};
    if (candidate.kv_type == KvType::f32) {
        candidate.kv_type = KvType::f16;
        if (Option option = option_if_fits(source, candidate, "an F16 KV cache"); !option.name.empty())
            return option;
    }
    if (candidate.kv_type == KvType::q8_0)
        return {};
    candidate.kv_type = KvType::q8_0;
    return option_if_fits(source, candidate, "a Q8_0 KV cache");
}

Option shorter_context(const LoadSource& source, LoadCandidate candidate)
{
    constexpr int shortest = 512;
    candidate.kv_tokens = 0;
    while (candidate.n_ctx > shortest) {
        candidate.n_ctx = static_cast<int>(std::bit_floor(static_cast<unsigned>(candidate.n_ctx - 1)));
        const std::string name = "a context of " + std::to_string(candidate.n_ctx) + " tokens";
        if (Option option = option_if_fits(source, candidate, name); !option.name.empty())
            return option;
    }
    return {};
}

Option experts_elsewhere(const LoadSource& source, LoadCandidate candidate)
{
    const bool has_some = std::ranges::any_of(source.config.layers, &LayerConfig::has_experts);
    if (!has_some || candidate.n_gpu_layers == 0 || candidate.experts == ExpertDevice::cpu)
        return {};
    candidate.experts = ExpertDevice::cpu;
    return option_if_fits(source, candidate, "the experts on the CPU");
}

/// Fewer layers on the GPU, with the rest on the processors.
Option fewer_layers(const LoadSource& source, LoadCandidate candidate)
{
    if (candidate.n_gpu_layers == 0)
        return {};
    const Result<int> most = most_gpu_layers(source, candidate);
    candidate.n_gpu_layers = most.value_or(0);
    if (candidate.n_gpu_layers == 0)
        return option_if_fits(source, candidate, "all layers on the CPU");
    return option_if_fits(source, candidate,
                          std::to_string(candidate.n_gpu_layers) + " of "
                              + std::to_string(source.config.n_layers) + " layers on the GPU");
}

/// "This would fit: …", what costs the user least first, each with what it takes of the device that has too
/// little; empty where nothing would.
std::string what_fits(const LoadSource& source, const LoadCandidate& candidate, const std::string& device)
{
    std::string text;
    for (const Option& option : {smaller_cache(source, candidate), shorter_context(source, candidate),
                                 experts_elsewhere(source, candidate), fewer_layers(source, candidate)}) {
        if (option.name.empty())
            continue;
        const int64_t bytes = std::ranges::find(option.plan.devices, device, &DevicePlan::device)->total();
        text += (text.empty() ? "This would fit: " : ", or ") + option.name;
        text += bytes > 0 ? " (" + mib(bytes) + ")" : "";
    }
    return text.empty() ? text : text + ".";
}

} // namespace

const DevicePlan* find_shortfall(const LoadPlan& plan)
{
    const auto found =
        std::ranges::find_if(plan.devices, [](const DevicePlan& device) { return device.shortfall() > 0; });
    return found == plan.devices.end() ? nullptr : &*found;
}

Result<LoadChoice> measure(const LoadSource& source, const LoadCandidate& candidate)
{
    LoadChoice choice;
    LoadShape& shape = choice.shape;
    shape.placement = place(source.config, candidate);
    shape.n_ctx = candidate.n_ctx;
    shape.n_pages = pages_for(candidate.kv_tokens > 0 ? candidate.kv_tokens : candidate.n_ctx);
    shape.n_slots = slots(source, shape.placement);
    shape.kv_type = candidate.kv_type;
    TRY(std::vector<DevicePlan> devices, rehearse(source, shape));
    choice.plan = {source.config.n_layers, candidate.n_ctx, shape.n_pages * page_tokens, candidate.kv_type,
                   std::move(devices)};
    return choice;
}

Result<int> most_gpu_layers(const LoadSource& source, LoadCandidate candidate)
{
    // All of them are tried first, since most models fit.
    int fitting = 0, too_many = candidate.n_gpu_layers + 1;
    while (too_many - fitting > 1) {
        TRY(const LoadChoice choice, measure(source, candidate));
        const bool gpu_fits = choice.plan.devices.back().shortfall() == 0;
        (gpu_fits ? fitting : too_many) = candidate.n_gpu_layers;
        candidate.n_gpu_layers = (fitting + too_many) / 2;
    }
    return fitting;
}

std::unexpected<Error> does_not_fit(const LoadSource& source, const LoadCandidate& candidate,
                                    const DevicePlan& device)
{
    const std::string remedy = what_fits(source, candidate, device.device);
    return fail(ErrorKind::out_of_memory,
                "The model needs " + mib(device.total()) + " of the memory of " + device.device + " (weights "
                    + mib(device.weights) + ", KV cache " + mib(device.kv_cache) + ", computing "
                    + mib(device.states + device.scratch) + "), where " + mib(device.free) + " are free and "
                    + mib(device.headroom) + " stay so for others: " + mib(device.shortfall())
                    + " are missing.",
                remedy.empty() ? "Close other programs, or choose a smaller model." : remedy);
}

} // namespace rocmforge
