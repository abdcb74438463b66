#include "model/config_parts.h"

#include <cmath>

namespace rocmforge {
namespace {

Result<int> read_head_dim(const Hyperparameters& parameters, std::string_view key, std::string_view mla_key)
{
    return parameters.integer(parameters.contains(mla_key) ? mla_key : key, width_range);
}

Status read_dimensions(LatentConfig& latent, const Hyperparameters& parameters)
{
    TRY(latent.kv_rank, parameters.integer("attention.kv_lora_rank", width_range));
    TRY(latent.q_rank, parameters.integer("attention.q_lora_rank", width_range_or_none, 0));
    TRY(const int head_dim, read_head_dim(parameters, "attention.key_length", "attention.key_length_mla"));
    TRY(latent.value_dim, read_head_dim(parameters, "attention.value_length", "attention.value_length_mla"));
    TRY(latent.rotated_dim, parameters.integer("rope.dimension_count", {2, head_dim - 1}));
    latent.unrotated_dim = head_dim - latent.rotated_dim;
    return {};
}

/// YaRN's growth is on the scores here, not on cos and sin.
void move_magnitude_to_scores(Config& config)
{
    RopeConfig& rope = config.layers.front().rope;
    const double growth = 1 + rope.yarn_log_multiplier * std::log(rope.factor);
    config.attention_scale = static_cast<float>(config.attention_scale * growth * growth);
    for (LayerConfig& layer : config.layers)
        layer.rope.yarn_log_multiplier = 1;
}

} // namespace

Status read_latent(Config& config, const Hyperparameters& parameters)
{
    LatentConfig& latent = config.latent;
    TRY_STATUS(read_dimensions(latent, parameters));
    for (LayerConfig& layer : config.layers) {
        layer.n_kv_heads = 1;
        layer.head_dim = latent.rotated_dim + latent.kv_rank;
        layer.v_head_dim = latent.kv_rank;
    }
    config.attention_scale = static_cast<float>(1 / std::sqrt(double(latent.head_dim())));
    if (config.layers.front().rope.scaling == RopeScaling::yarn)
        move_magnitude_to_scores(config);
    return {};
}

} // namespace rocmforge
