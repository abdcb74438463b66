#include "gguf/quoted.h"
#include "model/config_parts.h"

namespace rocmforge {
namespace {

Result<RopeScaling> read_rope_scaling(const Hyperparameters& parameters)
{
    TRY(const std::string_view type, parameters.string("rope.scaling.type", ""));
    // LongRoPE's scaling is in tensors of its own.
    if (type == "none" || type == "longrope")
        return RopeScaling::none;
    if (type == "yarn")
        return RopeScaling::yarn;
    // Files without a type mean linear scaling, by a factor of 1 where they name none.
    if (type == "linear" || type.empty())
        return RopeScaling::linear;
    return fail(ErrorKind::unsupported,
                "The model's rotary embedding is scaled by " + gguf::quoted(type)
                    + ", which is not supported.",
                "Choose another conversion of the model.");
}

Result<void> read_yarn(RopeConfig& rope, const Hyperparameters& parameters)
{
    TRY(rope.yarn_extrapolation, parameters.non_negative("rope.scaling.yarn_ext_factor", 1.0));
    TRY(rope.yarn_beta_fast, parameters.positive("rope.scaling.yarn_beta_fast", 32.0));
    TRY(rope.yarn_beta_slow, parameters.positive("rope.scaling.yarn_beta_slow", 1.0));
    TRY(rope.yarn_log_multiplier, parameters.non_negative("rope.scaling.yarn_log_multiplier", 0.0));
    return {};
}

void apply_sliding(LayerConfig& layer, const Sliding& sliding, int window, bool full)
{
    if (full) {
        if (!sliding.full_layers_rotate)
            layer.rope.pairing = RopePairing::none;
        return;
    }
    layer.window = window;
    if (sliding.theta > 0)
        layer.rope.theta = sliding.theta;
    if (!sliding.scaled_rope)
        layer.rope.scaling = RopeScaling::none;
}

} // namespace

Result<RopeConfig> read_rope(const Architecture& architecture, const Hyperparameters& parameters,
                             int head_dim, int n_ctx_train)
{
    RopeConfig rope{.pairing = architecture.rope};
    if (rope.pairing == RopePairing::none)
        return rope;
    TRY(rope.n_rot, parameters.integer("rope.dimension_count", {0, head_dim}, head_dim));
    if (rope.n_rot % 2)
        return parameters.invalid("rope.dimension_count", std::to_string(rope.n_rot), "an even number");
    TRY(rope.theta, parameters.positive("rope.freq_base", 10000.0));
    TRY(rope.scaling, read_rope_scaling(parameters));
    TRY(const double legacy_factor, parameters.positive("rope.scale_linear", 1.0));
    TRY(rope.factor, parameters.positive("rope.scaling.factor", legacy_factor));
    TRY(rope.n_ctx_original,
        parameters.integer("rope.scaling.original_context_length", context_range, n_ctx_train));
    TRY(rope.magnitude, parameters.positive("rope.scaling.attn_factor", 1.0));
    if (rope.scaling == RopeScaling::yarn)
        TRY_STATUS(read_yarn(rope, parameters));
    return rope;
}

Status read_sliding(std::vector<LayerConfig>& layers, const Architecture& architecture,
                    const Hyperparameters& parameters)
{
    const Sliding& sliding = architecture.sliding;
    TRY(const int window, parameters.integer("attention.sliding_window", context_range_or_none, 0));
    for (size_t l = 0; l < layers.size(); ++l) {
        const int layer = static_cast<int>(l);
        if (sliding.period > 0 && window > 0)
            apply_sliding(layers[l], sliding, window, ends_period(layer, sliding.period));
        if (ends_period(layer, architecture.unrotated_period))
            layers[l].rope.pairing = RopePairing::none;
    }
    return {};
}

} // namespace rocmforge
