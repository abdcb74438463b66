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

/// Which layers slide; empty where none do. Files say it layer by layer, by a period, or not at all.
Result<std::vector<bool>> sliding_layers(const Sliding& sliding, const Hyperparameters& parameters,
                                         int n_layers)
{
    constexpr std::string_view key = "attention.sliding_window_pattern";
    TRY(std::vector<bool> slides, parameters.flag_per_layer(key, n_layers));
    if (!slides.empty())
        return slides;
    TRY(const int period, parameters.integer(key, layers_range, sliding.period));
    for (int l = 0; period > 0 && l < n_layers; ++l)
        slides.push_back(!ends_period(sliding.full_first ? l + period - 1 : l, period));
    return slides;
}

/// Sliding layers may have heads and a rope of their own.
Status read_sliding_layer(LayerConfig& layer, const Sliding& sliding, const Hyperparameters& parameters,
                          int window)
{
    layer.window = window;
    TRY(layer.head_dim, parameters.integer("attention.key_length_swa", width_range, layer.head_dim));
    TRY(layer.v_head_dim, parameters.integer("attention.value_length_swa", width_range, layer.v_head_dim));
    RopeConfig& rope = layer.rope;
    if (rope.pairing == RopePairing::none)
        return {};
    TRY(rope.n_rot, parameters.integer("rope.dimension_count_swa", {0, layer.head_dim}, rope.n_rot));
    TRY(rope.theta,
        parameters.positive("rope.freq_base_swa", sliding.theta > 0 ? sliding.theta : rope.theta));
    if (!sliding.scaled_rope) {
        rope.scaling = RopeScaling::none;
        rope.has_divisors = false;
    }
    return {};
}

} // namespace

Result<RopeConfig> read_rope(const Architecture& architecture, const Hyperparameters& parameters,
                             int head_dim, int n_ctx_train)
{
    RopeConfig rope{.pairing = architecture.rope};
    if (rope.pairing == RopePairing::none)
        return rope;
    TRY(const bool rotates, parameters.boolean("rope.scaling.finetuned", true));
    if (architecture.rope_by_key && !rotates) {
        rope.pairing = RopePairing::none;
        return rope;
    }
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
    const int n_layers = static_cast<int>(layers.size());
    TRY(const int window, parameters.integer("attention.sliding_window", context_range_or_none, 0));
    TRY(const std::vector<bool> slides, sliding_layers(sliding, parameters, n_layers));
    TRY(const int n_dense, parameters.integer("leading_dense_block_count", {0, n_layers}, 0));
    const int n_rotating = sliding.dense_layers_rotate ? n_dense : 0;
    const bool alternates = window > 0 && !slides.empty();
    for (int l = 0; l < n_layers; ++l) {
        LayerConfig& layer = layers[static_cast<size_t>(l)];
        const bool full = !alternates || !slides[static_cast<size_t>(l)];
        if (!full)
            TRY_STATUS(read_sliding_layer(layer, sliding, parameters, window));
        if (ends_period(l, architecture.unrotated_period)
            || (alternates && full && !sliding.full_layers_rotate && l >= n_rotating))
            layer.rope.pairing = RopePairing::none;
    }
    return {};
}

} // namespace rocmforge
