#include "model/config.h"

#include "gguf/quoted.h"
#include "model/architectures.h"
#include "model/config_parts.h"
#include "model/hyperparameters.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace rocmforge {
namespace {

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

Result<int> default_head_dim(const Hyperparameters& parameters, int n_embd, int n_heads)
{
    if (n_embd % n_heads)
        return parameters.invalid("embedding_length", std::to_string(n_embd),
                                  "a multiple of the " + std::to_string(n_heads) + " attention heads");
    return n_embd / n_heads;
}

Result<void> read_heads(LayerConfig& layer, const Hyperparameters& parameters, int n_embd)
{
    if (layer.n_heads == 0)
        return parameters.invalid("attention.head_count", "0", "1 or more in layers with attention");
    if (layer.n_kv_heads == 0 || layer.n_heads % layer.n_kv_heads)
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

/// The last layers may read the keys and values of the last layer before them of their kind.
Status share_kv_layers(std::vector<LayerConfig>& layers, const Architecture& architecture,
                       const Hyperparameters& parameters)
{
    const int n_layers = static_cast<int>(layers.size());
    const int absent = architecture.kv_layers > 0 ? std::max(n_layers - architecture.kv_layers, 0) : 0;
    TRY(const int n_shared, parameters.integer("attention.shared_kv_layers", {0, n_layers - 1}, absent));
    const int n_own = n_layers - n_shared;
    for (int l = 0; l < n_layers; ++l) {
        LayerConfig& layer = layers[static_cast<size_t>(l)];
        layer.kv_layer = l;
        if (l < n_own)
            continue;
        const auto owners = std::span(layers).first(static_cast<size_t>(n_own));
        const auto same_kind = [&](const LayerConfig& other) {
            return (other.window > 0) == (layer.window > 0);
        };
        const auto owner = std::find_if(owners.rbegin(), owners.rend(), same_kind);
        if (owner == owners.rend() || owner->head_dim != layer.head_dim
            || owner->v_head_dim != layer.v_head_dim || layer.n_heads % owner->n_kv_heads)
            return parameters.invalid("attention.shared_kv_layers", std::to_string(n_shared),
                                      "a number that leaves layers to share with");
        layer.shares_kv = true;
        layer.kv_layer = owner->kv_layer;
        layer.n_kv_heads = 0;
    }
    return {};
}

/// Layers may lack heads or a feed-forward block, and recurrent ones do.
Result<std::vector<int>> read_sizes(const Architecture& architecture, const Hyperparameters& parameters,
                                    std::string_view name, IntegerRange range, int n_layers)
{
    if (architecture.recurrent.kind == RecurrentKind::none && architecture.blocks == LayerBlocks::both)
        return parameters.integer_per_layer(name, range, n_layers);
    return parameters.integer_per_layer(name, {0, range.largest}, n_layers, 0);
}

struct Heads {
    int n = 0;
    int n_kv = 0;
};

Status read_attention(LayerConfig& layer, const Architecture& architecture, const Hyperparameters& parameters,
                      const Config& config, Heads heads)
{
    if (architecture.blocks != LayerBlocks::both && heads.n_kv == 0) {
        layer.rope.pairing = RopePairing::none;
        layer.projects = architecture.blocks == LayerBlocks::any && heads.n > 0;
        return {};
    }
    layer.n_heads = heads.n;
    layer.n_kv_heads = heads.n_kv;
    TRY_STATUS(read_heads(layer, parameters, config.n_embd));
    TRY(layer.rope, read_rope(architecture, parameters, layer.head_dim, config.n_ctx_train));
    if (architecture.alibi_layers == config.n_layers)
        layer.rope.pairing = RopePairing::none;
    return {};
}

Result<std::vector<LayerConfig>> read_layers(const Architecture& architecture,
                                             const Hyperparameters& parameters, const Config& config)
{
    const int n_layers = config.n_layers;
    TRY(const auto n_heads,
        read_sizes(architecture, parameters, "attention.head_count", heads_range, n_layers));
    TRY(const auto n_ff, read_sizes(architecture, parameters, "feed_forward_length", width_range, n_layers));
    std::vector<int> n_kv_heads = n_heads;
    if (parameters.contains("attention.head_count_kv")) {
        TRY(n_kv_heads,
            read_sizes(architecture, parameters, "attention.head_count_kv", heads_range, n_layers));
    }
    TRY(const auto recurrent, recurrent_layers(architecture, parameters, n_kv_heads, n_ff));
    std::vector<LayerConfig> layers(static_cast<size_t>(config.n_layers));
    for (size_t l = 0; l < layers.size(); ++l) {
        layers[l].n_ff = architecture.merged_ff_length ? n_ff[l] / 2 : n_ff[l];
        layers[l].recurrent = recurrent[l];
        if (recurrent[l] && !architecture.recurrent.beside_attention) {
            layers[l].rope.pairing = RopePairing::none;
            continue;
        }
        TRY_STATUS(read_attention(layers[l], architecture, parameters, config, {n_heads[l], n_kv_heads[l]}));
    }
    TRY_STATUS(read_sliding(layers, architecture, parameters));
    TRY_STATUS(share_kv_layers(layers, architecture, parameters));
    TRY_STATUS(read_activations(layers, architecture, parameters));
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
    if (architecture.attention_scale > 0)
        return architecture.attention_scale;
    const bool by_width = config.n_layers == architecture.width_scaled_layers;
    const double width = by_width ? double(config.n_embd) / config.n_heads : double(config.head_dim);
    const double n = std::max(width, 1.0); // Models without attention have no heads.
    return 1 / (architecture.inverse_attention_scale ? n : std::sqrt(n));
}

double default_embedding_scale(const Architecture& architecture, const Config& config)
{
    return architecture.embedding_scale == EmbeddingScale::sqrt_n_embd ? std::sqrt(double(config.n_embd))
                                                                       : architecture.size_scaling.embedding;
}

double default_residual_scale(const Architecture& architecture, const Config& config)
{
    const float depth = architecture.size_scaling.depth;
    return depth > 0 ? depth / std::sqrt(double(config.n_layers)) : 1;
}

Result<double> read_logit_scale(const Architecture& architecture, const Hyperparameters& parameters,
                                int n_embd)
{
    const int width = architecture.size_scaling.width;
    if (width > 0 && !parameters.contains("logit_scale"))
        return double(width) / n_embd;
    TRY(const double scale, parameters.positive("logit_scale", double(architecture.default_logit_scale)));
    return architecture.logit_scale == LogitScale::divide ? 1 / scale : scale;
}

Result<void> read_scales(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    constexpr std::string_view other_key = "attention.output_scale";
    TRY(const double attention_scale,
        parameters.positive(parameters.contains(other_key) ? other_key : "attention.scale",
                            default_attention_scale(architecture, config)));
    TRY(const double embedding_scale,
        parameters.positive("embedding_scale", default_embedding_scale(architecture, config)));
    TRY(const double residual_scale,
        parameters.positive("residual_scale", default_residual_scale(architecture, config)));
    TRY(const double logit_scale, read_logit_scale(architecture, parameters, config.n_embd));
    config.attention_scale = static_cast<float>(attention_scale);
    config.embedding_scale = static_cast<float>(embedding_scale);
    config.residual_scale = static_cast<float>(residual_scale);
    config.logit_scale = static_cast<float>(logit_scale);
    return {};
}

double default_alibi_bias(const Architecture& architecture, int n_layers)
{
    const bool has_alibi = architecture.alibi_layers == 0 || architecture.alibi_layers == n_layers;
    return has_alibi ? architecture.alibi_max_bias : 0;
}

Result<void> read_limits(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    TRY(config.logit_soft_cap,
        read_float(parameters, "final_logit_softcapping", architecture.logit_soft_cap));
    TRY(config.attention_soft_cap,
        read_float(parameters, "attn_logit_softcapping", architecture.attention_soft_cap));
    TRY(config.qkv_clamp, read_float(parameters, "attention.clamp_kqv", 0));
    TRY(config.alibi_max_bias,
        read_float(parameters, "attention.max_alibi_bias",
                   default_alibi_bias(architecture, config.n_layers)));
    TRY(config.temperature_scale, read_float(parameters, "attention.temperature_scale", 0));
    TRY(config.n_embd_per_layer,
        parameters.integer("embedding_length_per_layer_input", width_range_or_none, 0));
    TRY(config.temperature_length,
        parameters.integer("attention.temperature_length", context_range,
                           config.layers.front().rope.n_ctx_original));
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

Status read_purpose(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    constexpr std::string_view pooling_key = "pooling_type";
    config.has_output = architecture.has_output;
    TRY(config.causal, parameters.boolean("attention.causal", architecture.causal));
    if (!parameters.contains(pooling_key))
        return {};
    TRY(const int pooling, parameters.integer(pooling_key, {0, static_cast<int>(Pooling::rank)}));
    config.pooling = static_cast<Pooling>(pooling);
    return {};
}

Result<void> read_layer_counts(Config& config, const Hyperparameters& parameters)
{
    TRY(const int n_blocks, parameters.integer("block_count", layers_range));
    TRY(config.n_prediction_layers, parameters.integer("nextn_predict_layers", {0, n_blocks - 1}, 0));
    config.n_layers = n_blocks - config.n_prediction_layers;
    return {};
}

/// Files that are beside a model may be taken for one.
Status check_is_model(const gguf::Metadata& metadata)
{
    TRY(const std::string_view type, metadata.string("general.type", "model"));
    if (type != "adapter")
        return {};
    TRY(const std::string_view architecture, metadata.string("general.architecture"));
    return fail(ErrorKind::unsupported,
                "This file is an adapter for a model of the architecture " + gguf::quoted(architecture)
                    + ", not a model.",
                "Load the model that it was made for, and give it this file as its adapter.");
}

} // namespace

std::string_view pooling_name(Pooling pooling)
{
    constexpr std::string_view names[] = {"none", "mean", "cls", "last", "rank"};
    return names[static_cast<size_t>(pooling)];
}

Result<Config> read_config(const gguf::File& file, std::string_view architecture_name)
{
    TRY_STATUS(check_is_model(file.metadata()));
    TRY(const std::string_view own_name, file.metadata().string("general.architecture"));
    TRY(const Architecture* architecture,
        find_architecture(architecture_name.empty() ? own_name : architecture_name));
    const Hyperparameters parameters(file.metadata(), own_name);

    Config config;
    config.architecture = architecture->name;
    config.activation = architecture->activation;
    config.gated_attention = architecture->gated_attention;
    config.self_gated = architecture->feed_forward == FeedForward::self_gated;
    config.gated_twice = architecture->feed_forward == FeedForward::gated_twice;
    TRY_STATUS(read_layer_counts(config, parameters));
    TRY(config.n_embd, parameters.integer("embedding_length", width_range));
    TRY(config.n_ctx_train, parameters.integer("context_length", context_range));
    if (architecture->longest_context > 0)
        config.n_ctx_train = std::min(config.n_ctx_train, architecture->longest_context);
    TRY(config.norm_eps, read_norm_eps(*architecture, parameters));
    TRY(config.vocab_size, read_vocab_size(file.metadata(), parameters));
    TRY(config.layers, read_layers(*architecture, parameters, config));

    const auto attends = [](const LayerConfig& layer) { return layer.n_heads > 0; };
    const auto attending = std::ranges::find_if(config.layers, attends);
    const LayerConfig& first = attending == config.layers.end() ? config.layers.front() : *attending;
    config.n_heads = first.n_heads;
    config.n_kv_heads = first.n_kv_heads;
    config.head_dim = first.head_dim;
    config.n_ff = std::ranges::max(config.layers, {}, &LayerConfig::n_ff).n_ff;
    TRY_STATUS(read_scales(config, *architecture, parameters));
    TRY_STATUS(read_limits(config, *architecture, parameters));
    if (architecture->attention == AttentionKind::latent)
        TRY_STATUS(read_latent(config, parameters));
    TRY_STATUS(read_recurrent(config, *architecture, parameters));
    TRY_STATUS(read_experts(config, *architecture, parameters, file));
    TRY_STATUS(read_streams(config, *architecture, parameters, file));
    TRY_STATUS(read_purpose(config, *architecture, parameters));
    TRY(config.parallel, read_parallel(*architecture, parameters));
    return config;
}

} // namespace rocmforge
