#include "model/config.h"

#include "gguf/quoted.h"
#include "model/architectures.h"
#include "model/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace rocmforge {
namespace {

// Far beyond any model; they bound what a broken file can make us allocate.
constexpr IntegerRange layers_range{1, 4096};
constexpr IntegerRange width_range{1, 1 << 24};
constexpr IntegerRange width_range_or_none{0, 1 << 24};
constexpr IntegerRange heads_range{1, 1 << 16};
constexpr IntegerRange context_range{1, std::numeric_limits<int>::max()};
constexpr IntegerRange context_range_or_none{0, std::numeric_limits<int>::max()};
constexpr IntegerRange vocabulary_range{1, 1 << 24};

/// The size of the vocabulary: its tokens or, in files without a tokenizer, vocab_size.
Result<int> read_vocab_size(const gguf::Metadata& metadata, const Hyperparameters& parameters)
{
    constexpr std::string_view tokens_key = "tokenizer.ggml.tokens";
    if (!metadata.contains(tokens_key))
        return parameters.integer("vocab_size", vocabulary_range);
    TRY(const auto tokens, metadata.strings(tokens_key));
    const auto n_tokens = static_cast<int64_t>(tokens.size());
    TRY(const int vocab_size,
        parameters.integer("vocab_size", vocabulary_range, static_cast<int>(std::max<int64_t>(n_tokens, 1))));
    if (vocab_size != n_tokens)
        return fail(ErrorKind::shape_mismatch,
                    "The vocabulary has " + std::to_string(n_tokens) + " tokens, but "
                        + parameters.key("vocab_size") + " is " + std::to_string(vocab_size) + ".",
                    "Download the file again or choose another conversion of the model.");
    return vocab_size;
}

Result<RopeScaling> read_rope_scaling(const Hyperparameters& parameters)
{
    TRY(const std::string_view type, parameters.string("rope.scaling.type", ""));
    if (type == "none")
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

/// True for the last layer of each period.
bool ends_period(int layer, int period)
{
    return period > 0 && (layer + 1) % period == 0;
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

Result<void> read_sliding(std::vector<LayerConfig>& layers, const Architecture& architecture,
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

Result<int> default_head_dim(const Hyperparameters& parameters, int n_embd, int n_heads)
{
    if (n_embd % n_heads)
        return parameters.invalid("embedding_length", std::to_string(n_embd),
                                  "a multiple of the " + std::to_string(n_heads) + " attention heads");
    return n_embd / n_heads;
}

Result<void> read_heads(LayerConfig& layer, const Hyperparameters& parameters, int n_embd)
{
    if (layer.n_heads % layer.n_kv_heads)
        return parameters.invalid("attention.head_count_kv", std::to_string(layer.n_kv_heads),
                                  "a divisor of the " + std::to_string(layer.n_heads) + " attention heads");
    int head_dim = 0;
    if (!parameters.contains("attention.key_length")) {
        TRY(head_dim, default_head_dim(parameters, n_embd, layer.n_heads));
    }
    TRY(layer.head_dim, parameters.integer("attention.key_length", width_range, head_dim));
    TRY(layer.v_head_dim, parameters.integer("attention.value_length", width_range, layer.head_dim));
    return {};
}

Result<std::vector<LayerConfig>> read_layers(const Architecture& architecture,
                                             const Hyperparameters& parameters, const Config& config)
{
    TRY(const auto n_heads,
        parameters.integer_per_layer("attention.head_count", heads_range, config.n_layers));
    TRY(const auto n_ff, parameters.integer_per_layer("feed_forward_length", width_range, config.n_layers));
    std::vector<int> n_kv_heads = n_heads;
    if (parameters.contains("attention.head_count_kv")) {
        TRY(n_kv_heads,
            parameters.integer_per_layer("attention.head_count_kv", heads_range, config.n_layers));
    }
    std::vector<LayerConfig> layers(static_cast<size_t>(config.n_layers));
    for (size_t l = 0; l < layers.size(); ++l) {
        layers[l].n_heads = n_heads[l];
        layers[l].n_kv_heads = n_kv_heads[l];
        layers[l].n_ff = n_ff[l];
        TRY_STATUS(read_heads(layers[l], parameters, config.n_embd));
        TRY(layers[l].rope, read_rope(architecture, parameters, layers[l].head_dim, config.n_ctx_train));
    }
    TRY_STATUS(read_sliding(layers, architecture, parameters));
    return layers;
}

/// The number under `name`, or `absent`; zero where the architecture means "none".
Result<float> read_float(const Hyperparameters& parameters, std::string_view name, double absent)
{
    TRY(const double value, parameters.non_negative(name, absent));
    return static_cast<float>(value);
}

double default_attention_scale(const Architecture& architecture, const Config& config)
{
    const bool by_width = config.n_layers == architecture.width_scaled_layers;
    return 1 / std::sqrt(by_width ? double(config.n_embd) / config.n_heads : double(config.head_dim));
}

double default_embedding_scale(const Architecture& architecture, const Config& config)
{
    return architecture.embedding_scale == EmbeddingScale::sqrt_n_embd ? std::sqrt(double(config.n_embd)) : 1;
}

Result<void> read_scales(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    TRY(const double attention_scale,
        parameters.positive("attention.scale", default_attention_scale(architecture, config)));
    TRY(const double embedding_scale,
        parameters.positive("embedding_scale", default_embedding_scale(architecture, config)));
    TRY(const double residual_scale, parameters.positive("residual_scale", 1.0));
    TRY(const double logit_scale, parameters.positive("logit_scale", 1.0));
    const bool divides = architecture.logit_scale == LogitScale::divide;
    config.attention_scale = static_cast<float>(attention_scale);
    config.embedding_scale = static_cast<float>(embedding_scale);
    config.residual_scale = static_cast<float>(residual_scale);
    config.logit_scale = static_cast<float>(divides ? 1 / logit_scale : logit_scale);
    return {};
}

Result<void> read_limits(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    TRY(config.logit_soft_cap, read_float(parameters, "final_logit_softcapping", 0));
    TRY(config.attention_soft_cap, read_float(parameters, "attn_logit_softcapping", 0));
    TRY(config.qkv_clamp, read_float(parameters, "attention.clamp_kqv", 0));
    TRY(config.alibi_max_bias,
        read_float(parameters, "attention.max_alibi_bias", architecture.alibi_max_bias));
    TRY(config.temperature_scale, read_float(parameters, "attention.temperature_scale", 0));
    config.temperature_length = config.layers.front().rope.n_ctx_original;
    return {};
}

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

Result<ExpertConfig> read_experts(const Architecture& architecture, const Hyperparameters& parameters,
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
    TRY(const float scale, read_float(parameters, "expert_weights_scale", 1));
    experts.scale = scale > 0 ? scale : 1; // Converters write 0 for "none".
    experts.weighting = architecture.experts.weighting;
    experts.swiglu_limit = architecture.experts.swiglu_limit;
    TRY_STATUS(read_expert_groups(experts, parameters));
    return experts;
}

/// Mixtures of experts are in every step-th layer after the leading dense ones.
Result<void> place_experts(Config& config, const Hyperparameters& parameters)
{
    TRY(const int n_dense, parameters.integer("leading_dense_block_count", {0, config.n_layers}, 0));
    TRY(const int step, parameters.integer("interleave_moe_layer_step", {1, config.n_layers}, 1));
    for (int l = n_dense; l < config.n_layers; ++l)
        config.layers[static_cast<size_t>(l)].has_experts =
            config.experts.n_experts > 0 && ends_period(l, step);
    return {};
}

Result<bool> read_parallel(const Architecture& architecture, const Hyperparameters& parameters)
{
    if (architecture.residual == Residual::parallel_by_key)
        return parameters.boolean("use_parallel_residual", true);
    return architecture.residual == Residual::parallel;
}

/// Files may hold either key or both; the one named after the norm's kind goes first.
Result<float> read_norm_eps(const Architecture& architecture, const Hyperparameters& parameters)
{
    std::string_view key = "attention.layer_norm_rms_epsilon", other = "attention.layer_norm_epsilon";
    if (architecture.norm == NormKind::layer)
        std::swap(key, other);
    const bool only_other = !parameters.contains(key) && parameters.contains(other);
    TRY(const double eps, parameters.non_negative(only_other ? other : key));
    return static_cast<float>(eps);
}

Result<void> read_layer_counts(Config& config, const Hyperparameters& parameters)
{
    TRY(const int n_blocks, parameters.integer("block_count", layers_range));
    TRY(config.n_prediction_layers, parameters.integer("nextn_predict_layers", {0, n_blocks - 1}, 0));
    config.n_layers = n_blocks - config.n_prediction_layers;
    return {};
}

} // namespace

Result<Config> read_config(const gguf::File& file)
{
    TRY(const std::string_view name, file.metadata().string("general.architecture"));
    TRY(const Architecture* architecture, find_architecture(name));
    const Hyperparameters parameters(file.metadata(), name);

    Config config;
    config.architecture = name;
    config.activation = architecture->activation;
    TRY_STATUS(read_layer_counts(config, parameters));
    TRY(config.n_embd, parameters.integer("embedding_length", width_range));
    TRY(config.n_ctx_train, parameters.integer("context_length", context_range));
    if (architecture->longest_context > 0)
        config.n_ctx_train = std::min(config.n_ctx_train, architecture->longest_context);
    TRY(config.norm_eps, read_norm_eps(*architecture, parameters));
    TRY(config.vocab_size, read_vocab_size(file.metadata(), parameters));
    TRY(config.layers, read_layers(*architecture, parameters, config));

    const LayerConfig& first = config.layers.front();
    config.n_heads = first.n_heads;
    config.n_kv_heads = first.n_kv_heads;
    config.head_dim = first.head_dim;
    config.n_ff = std::ranges::max(config.layers, {}, &LayerConfig::n_ff).n_ff;
    TRY_STATUS(read_scales(config, *architecture, parameters));
    TRY_STATUS(read_limits(config, *architecture, parameters));
    TRY(config.experts, read_experts(*architecture, parameters, config.n_ff));
    TRY_STATUS(place_experts(config, parameters));
    TRY(config.parallel, read_parallel(*architecture, parameters));
    return config;
}

} // namespace rocmforge
