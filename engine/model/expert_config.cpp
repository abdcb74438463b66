#include "model/config_parts.h"

#include <iterator>
#include <string>

namespace rocmforge {
namespace {

Result<Gating> read_gating(const Architecture& architecture, const Hyperparameters& parameters)
{
    constexpr Gating by_number[] = {Gating::softmax, Gating::sigmoid, Gating::softmax_of_chosen};
    constexpr int unnamed = 0;
    TRY(const int number, parameters.integer("expert_gating_func", {0, std::ssize(by_number)}, unnamed));
    return number == unnamed ? architecture.experts.gating : by_number[number - 1];
}

Result<int> read_shared_width(const ExpertConfig& experts, const Architecture& architecture,
                              const Hyperparameters& parameters)
{
    TRY(const int n_shared,
        parameters.integer("expert_shared_count", {0, 1024}, architecture.experts.has_shared ? 1 : 0));
    return parameters.integer("expert_shared_feed_forward_length", width_range_or_none,
                              n_shared * experts.n_ff);
}

Result<void> read_expert_groups(ExpertConfig& experts, const Hyperparameters& parameters)
{
    TRY(experts.n_groups, parameters.integer("expert_group_count", {1, experts.n_experts}, 1));
    TRY(experts.n_groups_used,
        parameters.integer("expert_group_used_count", {1, experts.n_groups}, experts.n_groups));
    const int group_size = experts.n_experts / experts.n_groups;
    if (experts.n_experts % experts.n_groups || experts.n_groups_used * group_size < experts.n_used)
        return parameters.invalid("expert_group_count", std::to_string(experts.n_groups),
                                  "a number of groups that hold all experts chosen");
    return {};
}

Result<ExpertConfig> read_expert_config(const Architecture& architecture, const Hyperparameters& parameters,
                                        int n_ff)
{
    ExpertConfig experts;
    TRY(experts.n_experts, parameters.integer("expert_count", {0, 1 << 16}, 0));
    if (experts.n_experts == 0)
        return experts;
    TRY(experts.n_used, parameters.integer("expert_used_count", {1, experts.n_experts}));
    TRY(experts.n_ff, parameters.integer("expert_feed_forward_length", width_range, n_ff));
    TRY(experts.n_ff_shared, read_shared_width(experts, architecture, parameters));
    TRY(experts.gating, read_gating(architecture, parameters));
    TRY(experts.normalized, parameters.boolean("expert_weights_norm", architecture.experts.normalized));
    TRY(const double scale, parameters.non_negative("expert_weights_scale", 1.0));
    experts.scale = scale > 0 ? static_cast<float>(scale) : 1; // Converters write 0 for "none".
    experts.beside = architecture.experts.beside;
    experts.input = architecture.experts.input;
    experts.weighting = architecture.experts.weighting;
    experts.swiglu_limit = architecture.experts.swiglu_limit;
    TRY_STATUS(read_expert_groups(experts, parameters));
    return experts;
}

/// Mixtures of experts are in every step-th layer after the leading dense ones, or in the second layer of
/// each period, where a layer has anything of that kind.
Result<void> place_experts(Config& config, const Architecture& architecture,
                           const Hyperparameters& parameters)
{
    constexpr std::string_view period_key = "moe_every_n_layers";
    if (parameters.contains(period_key)) {
        TRY(const int period, parameters.integer(period_key, {0, config.n_layers}));
        for (int l = 1; period > 1 && l < config.n_layers; l += period)
            config.layers[static_cast<size_t>(l)].has_experts = config.experts.n_experts > 0;
        return {};
    }
    TRY(const int n_dense, parameters.integer("leading_dense_block_count", {0, config.n_layers}, 0));
    TRY(const int step, parameters.integer("interleave_moe_layer_step", {1, config.n_layers}, 1));
    for (int l = n_dense; l < config.n_layers; ++l) {
        LayerConfig& layer = config.layers[static_cast<size_t>(l)];
        const bool feeds_forward = architecture.blocks == LayerBlocks::both || layer.n_ff > 0;
        layer.has_experts = config.experts.n_experts > 0 && feeds_forward && ends_period(l, step);
    }
    return {};
}

void place_experts_by_routers(Config& config, const gguf::File& file)
{
    for (size_t l = 0; l < config.layers.size(); ++l) {
        const std::string router = "blk." + std::to_string(l) + ".ffn_gate_inp.weight";
        config.layers[l].has_experts = config.experts.n_experts > 0 && file.find_tensor(router);
    }
}

} // namespace

Status read_experts(Config& config, const Architecture& architecture, const Hyperparameters& parameters,
                    const gguf::File& file)
{
    TRY(config.experts, read_expert_config(architecture, parameters, config.n_ff));
    if (config.experts.beside == BesideExperts::block_after)
        for (LayerConfig& layer : config.layers)
            layer.n_ff = config.n_ff = config.n_embd;
    if (!architecture.experts.where_routed)
        return place_experts(config, architecture, parameters);
    place_experts_by_routers(config, file);
    return {};
}

} // namespace rocmforge
