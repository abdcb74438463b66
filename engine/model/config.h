// Hyperparameters of a model and how they are read from a GGUF file.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "model/expert_layout.h"
#include "model/recurrent_config.h"

#include <rocmforge/embedding.h>
#include <rocmforge/error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

enum class RopeScaling { none, linear, yarn };

/// Rotary embedding as the metadata describes it; rope.h turns it into a table of frequencies.
struct RopeConfig {
    RopePairing pairing = RopePairing::interleaved;
    int n_rot = 0; ///< dimensions rotated, from the front of each head; even
    double theta = 10000;
    RopeScaling scaling = RopeScaling::none;
    double factor = 1; ///< context is this many times the original
    int n_ctx_original = 0;
    double magnitude = 1; ///< on cos and sin, on top of YaRN's own
    double yarn_extrapolation = 1;
    double yarn_beta_fast = 32;
    double yarn_beta_slow = 1;
    bool has_divisors = true; ///< the tensor of frequency divisors applies, where the file has it
    double yarn_log_multiplier = 0; ///< magnitude is divided by 1 + this · 0.1 · ln(factor)

    bool operator==(const RopeConfig&) const = default;
};

/// Attention over a compressed vector per token; kv_rank 0 = the model has none.
struct LatentConfig {
    int q_rank = 0; ///< of the compressed queries; 0 = they are not compressed
    int kv_rank = 0; ///< of the compressed keys and values
    int rotated_dim = 0; ///< dimensions of a query's head that are rotated; all heads share such a key
    int unrotated_dim = 0;
    int value_dim = 0; ///< of a head's values

    [[nodiscard]] int64_t head_dim() const { return int64_t{rotated_dim} + unrotated_dim; }
};

/// The mixtures of experts of a model; n_experts 0 = it has none.
struct ExpertConfig {
    int n_experts = 0;
    int n_used = 0;
    BesideExperts beside = BesideExperts::nothing;
    ExpertInput input = ExpertInput::as_block;
    int n_ff = 0; ///< of each expert
    int n_ff_shared = 0; ///< of the one that every token takes; 0 = there is none
    Gating gating = Gating::softmax;
    bool normalized = true; ///< a token's weights sum to 1 before scaling
    float scale = 1; ///< on the weights
    int n_groups = 1; ///< see Routing
    int n_groups_used = 1;
    ExpertWeighting weighting = ExpertWeighting::output;
    float swiglu_limit = 0; ///< see Experts
};

/// Several residual streams, of which the blocks read and write the first (AltUp, arXiv:2301.13310).
struct StreamsConfig {
    int n = 0; ///< 0 = there is one residual stream, as usual
    int rank = 0; ///< of what is added beside attention (LAuReL, arXiv:2411.07501)
};

/// What may differ from layer to layer.
struct LayerConfig {
    int n_heads = 0; ///< 0 = the layer has no attention
    int n_kv_heads = 0; ///< 0 = the layer keeps no keys and values of its own
    bool projects = false; ///< has a projection in place of attention
    int head_dim = 0; ///< of queries and keys
    int v_head_dim = 0;
    int n_ff = 0; ///< 0 = the layer has no dense feed-forward block
    bool recurrent = false; ///< see Config::recurrent; without heads in place of attention
    bool has_experts = false; ///< in place of the dense feed-forward block
    int window = 0; ///< sliding attention window; 0 = all positions
    RopeConfig rope;
    /// Gates of the dense feed-forward block count as far as they are this many standard deviations above
    /// their mean (Gemma 3n); absent = all do.
    std::optional<float> gate_deviations = {};
    std::optional<Xielu> xielu = {}; ///< in the activation's place
    bool shares_kv = false; ///< reads the keys and values of another layer
    int kv_layer = 0; ///< that layer, or this one

    [[nodiscard]] int64_t q_width() const { return int64_t{n_heads} * head_dim; }
    [[nodiscard]] int64_t k_width() const { return int64_t{n_kv_heads} * head_dim; }
    [[nodiscard]] int64_t v_width() const { return int64_t{n_kv_heads} * v_head_dim; }
    [[nodiscard]] int64_t y_width() const { return int64_t{n_heads} * v_head_dim; }
};

/// Hyperparameters, read from metadata through the table of architectures.cpp.
struct Config {
    std::string architecture;
    int n_layers = 0;
    int n_prediction_layers = 0; ///< further layers in the file that are not used: multi-token prediction
    int n_embd = 0;
    int n_ff = 0; ///< of the widest layer
    int n_heads = 0; ///< of the first layer with attention
    int n_kv_heads = 0; ///< of the first layer with attention
    int head_dim = 0; ///< of the first layer with attention
    int n_ctx_train = 0;
    int vocab_size = 0;
    float norm_eps = 1e-5f;
    Activation activation = Activation::silu;
    float attention_scale = 0; ///< 1/sqrt(head_dim) unless the file says otherwise
    float embedding_scale = 1;
    float residual_scale = 1;
    float logit_scale = 1; ///< factor on the logits
    float logit_soft_cap = 0; ///< 0 = none
    float attention_soft_cap = 0; ///< 0 = none
    float alibi_max_bias = 0; ///< 0 = no ALiBi
    float qkv_clamp = 0; ///< queries, keys and values are limited to ± this; 0 = unlimited
    int n_embd_per_layer = 0; ///< of the embeddings that each layer gets of its own; 0 = there are none
    float temperature_scale = 0; ///< queries grow by 1 + scale · ln(1 + ⌊position / length⌋)
    int temperature_length = 0;
    ExpertConfig experts;
    LatentConfig latent;
    RecurrentConfig recurrent;
    StreamsConfig streams;
    bool gated_attention = false; ///< attention's result is multiplied by gates
    bool self_gated = false; ///< the feed-forward block's up projection is its gate too
    bool gated_twice = false; ///< the feed-forward block's gate is a factor without activation too
    bool causal = true; ///< a token does not see later ones; else a text is computed in one step
    bool has_output = true; ///< gives logits
    std::optional<Pooling> pooling; ///< the metadata's; absent in models that chat
    bool parallel = false; ///< attention and feed-forward blocks read the same residual stream
    std::vector<LayerConfig> layers; ///< (n_layers)

    /// Its purpose is embeddings, whether or not it could predict tokens too.
    [[nodiscard]] bool makes_embeddings() const
    {
        return !causal || !has_output || pooling.value_or(Pooling::none) != Pooling::none;
    }
};

/// Reads and checks the hyperparameters of a supported architecture; unknown_architecture lists
/// the nearest supported names. Errors name the metadata key, its value and what was expected.
/// `architecture` takes the place of the file's own; the metadata keys keep the file's prefix.
[[nodiscard]] Result<Config> read_config(const gguf::File& file, std::string_view architecture = {});

} // namespace rocmforge
