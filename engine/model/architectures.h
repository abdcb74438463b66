// The table of architectures: per model family what its metadata and tensor names leave unsaid.
#pragma once

#include "backend/backend.h"
#include "model/expert_layout.h"
#include "model/recurrent_config.h"

#include <rocmforge/error.h>

#include <span>
#include <string_view>

namespace rocmforge {

enum class Presence { never, optional, required };

/// Where a layer's two blocks are normed: what they read, what they add, or both; or the residual
/// stream itself once they are added.
enum class NormPlacement { before, after, around, on_sum };

/// What the feed-forward block reads: the residual stream with or without the attention's share.
enum class Residual {
    sequential,
    parallel,
    parallel_without_ffn_norm, ///< parallel in files that have no ffn_norm
    parallel_by_key, ///< use_parallel_residual, true where absent
};

enum class FeedForward {
    gated,
    plain,
    self_gated, ///< activation(up) ∘ up: with ReLU its square
    gated_twice, ///< activation(gate) ∘ gate ∘ up: with ReLU its square
    xielu, ///< plain, activated by numbers of each layer (arXiv:2411.13010)
};

[[nodiscard]] constexpr bool has_gates(FeedForward kind)
{
    return kind == FeedForward::gated || kind == FeedForward::gated_twice;
}

/// Which blocks a layer has.
enum class LayerBlocks {
    both, ///< attention or recurrence, then feed-forward
    /// Attention where there are heads, a projection in its place where those have no KV heads, and
    /// feed-forward where it has a length.
    any,
    one, ///< recurrence, attention or feed-forward
};

enum class AttentionKind {
    heads, ///< keys and values of their own for each KV head
    latent, ///< all heads' keys and values from one compressed vector (MLA)
};

enum class LogitScale { multiply, divide };

enum class EmbeddingScale { from_metadata, sqrt_n_embd };

/// Scales of models whose hyperparameters were tuned at another size (µP, arXiv:2203.03466), where
/// the metadata do not say.
struct SizeScaling {
    float embedding = 1;
    float depth = 0; ///< each block's share is scaled by depth / sqrt(n_layers); 0 = by 1
    int width = 0; ///< logits are scaled by width / n_embd; 0 = by 1
};

/// Attention that alternates between a sliding window and all positions. The last, or first, layer of
/// each period sees all; files without attention.sliding_window have full attention only.
struct Sliding {
    int period = 0; ///< 0 = the window is ignored, unless attention.sliding_window_pattern is there
    bool full_first = false;
    bool full_layers_rotate = true;
    bool dense_layers_rotate = false; ///< the leading layers without experts do in any case
    bool scaled_rope = true; ///< rope scaling applies to the sliding layers too
    float theta = 0; ///< of the sliding layers; 0 = the model's
};

/// Mixtures of experts, where a file's metadata do not say.
struct ExpertTraits {
    Gating gating = Gating::softmax;
    bool normalized = true; ///< a token's weights sum to 1
    bool has_shared = false; ///< there is a shared expert, as wide as the others
    ExpertWeighting weighting = ExpertWeighting::output;
    float swiglu_limit = 0;
    bool where_routed = false; ///< in the layers that have a router's tensor, whatever the metadata say
    BesideExperts beside = BesideExperts::nothing;
    ExpertInput input = ExpertInput::as_block;
};

/// Layers that are recurrent, in place of attention.
struct Recurrent {
    RecurrentKind kind = RecurrentKind::none;
    bool beside_attention = false; ///< all layers have both, of one input
    int attention_period = 0; ///< every such layer has attention; 0 = those with KV heads have
    KeySharing sharing = KeySharing::consecutive;
};

/// A row of the table. The defaults are the commonest values.
struct Architecture {
    std::string_view name; ///< general.architecture, and the prefix of the metadata keys
    RopePairing rope = RopePairing::half_split;
    NormKind norm = NormKind::rms;
    Activation activation = Activation::silu;
    FeedForward feed_forward = FeedForward::gated;
    NormPlacement norms = NormPlacement::before;
    Presence attn_norm = Presence::required; ///< norm of what attention reads, with NormPlacement::before
    LayerBlocks blocks = LayerBlocks::both;
    bool unit_norms = false; ///< no norm has weights
    std::string_view ffn_norm = "ffn_norm"; ///< tensor name of the feed-forward block's input norm
    std::string_view attn_post_norm = "post_attention_norm"; ///< tensor name of attention's output norm
    std::string_view old_ffn_post_norm = ""; ///< older files' name of post_ffw_norm; empty = the same
    bool inner_norms = false; ///< what the output projections of both blocks read is normed
    std::string_view output_norm = "output_norm"; ///< tensor name of the final norm; empty = there is none
    Residual residual = Residual::sequential;
    bool merged_ff_length = false; ///< feed_forward_length counts gate and up
    AttentionKind attention = AttentionKind::heads;
    /// Attention's result is gated: by attn_gate or, without it, by rows of attn_q after each head's.
    bool gated_attention = false;
    Recurrent recurrent{};
    Presence qk_norm = Presence::never;
    NormOrder qk_norm_order = NormOrder::before_rotation;
    bool unit_qk_norm = false; ///< queries and keys of rotated layers are normed without weights
    Presence attn_sinks = Presence::never;
    Presence position_embd = Presence::never; ///< learned positions
    Presence token_types = Presence::never; ///< embeddings of sentences A and B; all tokens are of A
    Presence embd_norm = Presence::never; ///< norm of the embeddings
    bool has_output = true; ///< predicts tokens; else the last states are all it gives
    bool causal = true; ///< tokens do not see later ones, where the metadata do not say
    float alibi_max_bias = 0; ///< where the metadata do not say
    int alibi_layers = 0; ///< only models of this many layers have ALiBi, and they no rope; 0 = all
    float attention_scale = 0; ///< where the metadata do not say; 0 = by the dimension of a head
    bool inverse_attention_scale = false; ///< then 1 / head_dim, not 1 / sqrt(head_dim)
    bool values_from_keys = false; ///< layers without attn_v take the projected keys as values
    bool unit_v_norm = false; ///< values are normed without weights
    bool layer_scale = false; ///< the residual stream is scaled by a number after each layer
    EmbeddingScale embedding_scale = EmbeddingScale::from_metadata;
    SizeScaling size_scaling{};
    LogitScale logit_scale = LogitScale::multiply;
    float default_logit_scale = 1; ///< where the metadata do not say
    float logit_soft_cap = 0; ///< where the metadata do not say; 0 = none
    float attention_soft_cap = 0; ///< where the metadata do not say; 0 = none
    int streams = 0; ///< residual streams, where the metadata do not say; 0 = there is but one
    int kv_layers = 0; ///< the first that have keys of their own, where the metadata do not say; 0 = all
    int sparse_layers = 0; ///< the first whose gates are sparse, where the metadata do not say
    Sliding sliding{};
    bool rope_by_key = false; ///< there is none where rope.scaling.finetuned is false
    int unrotated_period = 0; ///< every such layer has no rope; 0 = all rotate
    /// Models of this many layers scale attention by 1/sqrt(n_embd / n_heads), others by head_dim.
    int width_scaled_layers = 0;
    int longest_context = 0; ///< beyond it attention works in a way that is not supported; 0 = unlimited
    ExpertTraits experts{};
    bool stands_in = false; ///< models of unknown architectures are tried as this one
};

/// All supported architectures.
[[nodiscard]] std::span<const Architecture> architectures();

/// unknown_architecture, naming the nearest supported ones.
[[nodiscard]] Result<const Architecture*> find_architecture(std::string_view name);

/// The one that models of unknown architectures are tried as.
[[nodiscard]] const Architecture& stand_in_architecture();

} // namespace rocmforge
