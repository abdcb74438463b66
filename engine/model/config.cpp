#include "model/config.h"

#include "gguf/quoted.h"
#include "model/architectures.h"
#include "model/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rocmforge {
namespace {

// Far beyond any model; they bound what a broken file can make us allocate.
constexpr IntegerRange layers_range{1, 4096};
constexpr IntegerRange width_range{1, 1 << 24};
constexpr IntegerRange heads_range{1, 1 << 16};
constexpr IntegerRange context_range{1, std::numeric_limits<int>::max()};
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
    return {};
}

Result<RopeConfig> read_rope(const Architecture& architecture, const Hyperparameters& parameters,
                             int head_dim, int n_ctx_train)
{
    RopeConfig rope{.pairing = architecture.rope};
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
    return layers;
}

Result<void> read_scales(Config& config, const Hyperparameters& parameters)
{
    const double default_scale = 1 / std::sqrt(double(config.head_dim));
    TRY(const double attention_scale, parameters.positive("attention.scale", default_scale));
    config.attention_scale = static_cast<float>(attention_scale);
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
    TRY(config.n_layers, parameters.integer("block_count", layers_range));
    TRY(config.n_embd, parameters.integer("embedding_length", width_range));
    TRY(config.n_ctx_train, parameters.integer("context_length", context_range));
    TRY(const double eps, parameters.non_negative("attention.layer_norm_rms_epsilon"));
    config.norm_eps = static_cast<float>(eps);
    TRY(config.vocab_size, read_vocab_size(file.metadata(), parameters));
    TRY(config.layers, read_layers(*architecture, parameters, config));

    const LayerConfig& first = config.layers.front();
    config.n_heads = first.n_heads;
    config.n_kv_heads = first.n_kv_heads;
    config.head_dim = first.head_dim;
    config.n_ff = std::ranges::max(config.layers, {}, &LayerConfig::n_ff).n_ff;
    TRY_STATUS(read_scales(config, parameters));
    return config;
}

} // namespace rocmforge
