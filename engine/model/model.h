// A loaded model: configuration, weights on one or several backends, and the forward pass over them.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "kv/kv_cache.h"
#include "kv/recurrent_cache.h"
#include "model/adapters.h"
#include "model/config.h"
#include "model/placement.h"
#include "model/recurrent_layer.h"

#include <rocmforge/error.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace rocmforge {

/// Attention over a compressed vector per token. Keys are never expanded: queries are multiplied by
/// each head's part of the expansion instead, and so are the values that attention returns.
struct LatentAttention {
    Linear q_down; ///< (q_rank, n_embd)
    Norm q_norm; ///< (q_rank)
    Linear q_up; ///< (n_heads · (unrotated + rotated), q_rank), or n_embd in place of q_rank
    Weight kv_down; ///< (kv_rank, n_embd)
    Weight k_rotated; ///< (rotated, n_embd)
    Norm kv_norm; ///< (kv_rank)
    std::vector<Weight> q_to_latent; ///< per head (kv_rank, unrotated)
    std::vector<Weight> latent_to_value; ///< per head (value_dim, kv_rank)
};

/// A feed-forward block that every token takes.
struct FeedForwardLayer : Expert {
    std::optional<float> gate_deviations; ///< see LayerConfig
    std::optional<Xielu> xielu; ///< in the activation's place
    Norm inner_norm; ///< (n_ff) of what `down` reads
};

/// How a layer's blocks and the residual streams meet (AltUp, arXiv:2301.13310), and the low-rank map
/// beside attention (LAuReL, arXiv:2411.07501).
struct StreamsLayer {
    Norm router_norm; ///< (n_embd)
    Linear router; ///< (n_streams, n_embd)
    Linear predict; ///< (n_streams · n_streams, n_streams)
    Linear correct; ///< (n_streams, n_streams), with a bias of 1
    const float* correct_scale = nullptr; ///< (n_embd) on what the layer's own embedding is gated by
    const float* others = nullptr; ///< (n_streams) 1 for all but the first
    Linear down; ///< (rank, n_embd)
    Linear up; ///< (n_embd, rank)
    Norm post_norm; ///< (n_embd)
};

/// A mixture of experts, and the shared one that every token takes.
struct MoeLayer {
    Norm norm; ///< (n_embd) of what the experts read
    Norm router_norm; ///< (n_embd) of what the router reads, where that is not the same
    Norm post_norm; ///< (n_embd) of what the experts give
    Norm dense_post_norm; ///< (n_embd) of what the dense block beside them gives
    Linear router; ///< (n_experts, n_embd)
    Routing routing;
    std::vector<Expert> experts; ///< (n_experts); empty where the layer has none
    FeedForwardLayer shared;
    Linear shared_gate; ///< (1, n_embd): its sigmoid scales the shared expert
};

/// Weights of one layer; a linear or norm with a null weight is absent in this architecture.
struct Layer {
    Norm attn_norm; ///< (n_embd)
    Linear attn_q, attn_k, attn_v; ///< (n_heads · head_dim | n_kv_heads · head_dim | …, n_embd)
    Norm attn_q_norm, attn_k_norm; ///< over all heads at once; one weight for all heads is in `rope`
    Norm attn_v_norm; ///< (n_kv_heads, v_head_dim)
    Rope rope;
    Attention attention;
    bool gated_attention = false; ///< without attn_gate attn_q's rows are each head's queries and its gate
    Linear attn_gate; ///< (n_heads · v_head_dim, n_embd)
    LatentAttention latent; ///< in place of attn_q, attn_k and attn_v
    bool is_recurrent = false;
    RecurrentLayer recurrent; ///< in place of attention, or beside it
    Linear attn_output; ///< (n_embd, n_heads · v_head_dim | n_embd)
    Norm attn_inner_norm; ///< (n_heads · v_head_dim) of what attn_output reads
    Norm attn_post_norm; ///< (n_embd)
    Norm attn_output_norm; ///< (n_embd) of the residual stream with attention's share
    Norm attn_second_norm; ///< (n_embd) of that plus the stream before attention
    bool parallel = false; ///< the feed-forward block does not see the attention's share
    Norm ffn_norm; ///< (n_embd)
    FeedForwardLayer ffn; ///< the dense feed-forward block
    MoeLayer moe; ///< in its place
    Norm ffn_post_norm; ///< (n_embd)
    Norm layer_output_norm; ///< (n_embd) of the residual stream
    Linear per_layer_gate; ///< (n_embd_per_layer, n_embd)
    Linear per_layer_output; ///< (n_embd, n_embd_per_layer)
    Norm per_layer_post_norm; ///< (n_embd)
    StreamsLayer streams; ///< where there are several
    float scale = 1; ///< on the residual stream after the layer
    // What the residual stream is normed with next, after a block's share; weight null = not known.
    Norm after_attention, after_ffn; ///< (n_embd)
};

struct Weights {
    Weight token_embd; ///< (vocab_size, n_embd)
    Weight position_embd; ///< (n_ctx_train, n_embd)
    const float* token_type = nullptr; ///< (n_embd) added to all embeddings
    Norm token_embd_norm; ///< (n_embd)
    Weight per_layer_embd; ///< (vocab_size, n_layers · n_embd_per_layer)
    Linear per_layer_project; ///< (n_layers · n_embd_per_layer, n_embd)
    Norm per_layer_norm; ///< (n_embd_per_layer)
    std::vector<Linear> spread_streams, join_streams; ///< (n_embd, n_embd) of all streams but the first
    std::vector<Layer> layers;
    Norm output_norm; ///< (n_embd)
    Weight output; ///< (vocab_size, n_embd); token_embd where tied; null in models that give no logits
    const float* output_bias = nullptr; ///< (vocab_size)
};

/// Activations of one forward pass, in the memory of one backend.
struct Activations {
    float* x = nullptr; ///< (max_tokens, n_embd): the residual stream
    float* share = nullptr; ///< (max_tokens, n_embd): what a block adds to it
    float* normed =
        nullptr; ///< (max_tokens, n_embd): what experts read, or a projection in attention's place
    float* q = nullptr; ///< (max_tokens, n_heads · head_dim)
    float* k = nullptr; ///< (max_tokens, n_kv_heads · head_dim)
    float* v = nullptr; ///< (max_tokens, n_kv_heads · v_head_dim)
    float* y = nullptr; ///< (max_tokens, n_heads · v_head_dim), or what a recurrent block gives
    float* q_gate = nullptr; ///< (max_tokens, 2 · n_heads · head_dim): queries and gates as projected
    float* attn_gate = nullptr; ///< (max_tokens, n_heads · head_dim)
    float* mixed = nullptr; ///< (max_tokens, conv_width): what a recurrent block convolves
    float* convolved = nullptr; ///< (max_tokens, conv_width)
    float* z = nullptr; ///< (max_tokens, inner size or n_embd): gate on what a recurrent block gives
    float* time_step = nullptr; ///< (max_tokens, heads of recurrent layers)
    float* beta = nullptr; ///< (max_tokens, heads of recurrent layers)
    float* low_rank = nullptr; ///< (max_tokens, dt_rank, 2 · heads, or rank beside attention)
    float* scan_b = nullptr; ///< (max_tokens, n_state)
    float* scan_c = nullptr; ///< (max_tokens, n_state)
    float* latent_q = nullptr; ///< (max_tokens, q_rank)
    float* latent_heads = nullptr; ///< (max_tokens, n_heads · (head_dim | value_dim)) of latent attention
    float* rotated_key = nullptr; ///< (max_tokens, rotated_dim)
    float* per_layer = nullptr; ///< (max_tokens, n_layers · n_embd_per_layer)
    float* per_layer_share = nullptr; ///< the same
    float* streams = nullptr; ///< (max_tokens, n_streams, n_embd)
    float* former_streams = nullptr; ///< the same
    float* modalities = nullptr; ///< (max_tokens, n_streams)
    float* mixing = nullptr; ///< (max_tokens, n_streams · n_streams)
    float* h = nullptr; ///< (max_tokens, n_ff)
    float* gate = nullptr; ///< (max_tokens, n_ff)
    float* router = nullptr; ///< (max_tokens, n_experts)
    Routes routes; ///< (max_tokens, n_experts_used)
    float* logits = nullptr; ///< (max_outputs, vocab_size)
};

/// The memory of forward passes.
struct State {
    int max_tokens = 0;
    int max_outputs = 0;
    std::vector<Activations> devices; ///< of each backend
    std::vector<float> host_output; ///< logits or last states, downloaded
    std::vector<std::byte> crossing; ///< rows on their way from one device to another
};

/// Whether loading uploads the weights' contents, or goes through it with backends that only count.
enum class WeightContents { uploaded, omitted };

/// How a model is loaded.
struct ModelLoading {
    /// Gets 0 … 1; returning false ends the load with ErrorKind::cancelled.
    std::function<bool(double)> progress = {};
    /// The longest context the model will run with, 0 = the trained one: some models rotate
    /// differently in contexts longer than their original one.
    int n_ctx = 0;
    Adapters adapters = {};
    WeightContents contents = WeightContents::uploaded;
};

struct Pass;
class Passes;

class Model {
public:
    /// Checks tensors like check_tensors(), then uploads each part to the backend that `placement` names.
    /// `config` is the file's. The file and the backends must outlive the model.
    [[nodiscard]] static Result<std::shared_ptr<const Model>>
    load(const gguf::File& file, const Config& config, std::span<Backend* const> backends,
         Placement placement, ModelLoading how = {});
    /// On one backend.
    [[nodiscard]] static Result<std::shared_ptr<const Model>>
    load(const gguf::File& file, const Config& config, Backend& backend, ModelLoading how = {});

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] std::span<const KvShape> kv_shapes() const { return kv_shapes_; }
    /// Floats of each layer's recurrent state, 0 where it has none.
    [[nodiscard]] std::span<const int64_t> state_sizes() const { return state_sizes_; }
    [[nodiscard]] const Placement& placement() const { return placement_; }
    /// The backend of each layer.
    [[nodiscard]] std::vector<Backend*> layer_backends() const;
    [[nodiscard]] Result<State> create_state(int max_tokens, int max_outputs) const;

    /// Logits (n_outputs, vocab_size) of the batch's output rows, or their last states where it wants
    /// those, on the host, valid until the next call with this state. Appends the batch's keys and values
    /// to the cache and advances the recurrent states of its sequences. invalid_request for a batch that
    /// does not fit the state or names tokens or slots that do not exist; non_finite_weights where the
    /// result is not a number; unsupported for logits of a model that gives none; the errors of the
    /// backends' steps, after which another batch may be tried.
    [[nodiscard]] Result<std::span<const float>> forward(State& state, const KvCache& cache,
                                                         const Batch& batch,
                                                         const RecurrentCache& recurrent = {}) const;

    /// Whether it draws tokens itself, as a backend does that has all of the model.
    [[nodiscard]] bool draws() const;
    /// Begins the same for a batch with draws: drawn() tells the tokens later, see Backend::drawn(). The
    /// batch's tokens may be drawn_token() of the pass before.
    [[nodiscard]] Status enqueue(State& state, const KvCache& cache, const Batch& batch,
                                 const RecurrentCache& recurrent = {}) const;
    [[nodiscard]] Result<std::span<const DrawnToken>> drawn() const;

private:
    /// What the layers have that is in no tensor.
    [[nodiscard]] Status finish_layers(const std::vector<float>& rope_divisors);
    [[nodiscard]] Backend& output_backend() const;
    [[nodiscard]] Status take_steps(Passes& passes, const KvCache& cache,
                                    const RecurrentCache& recurrent) const;
    [[nodiscard]] Status run_layers(Passes& passes, const KvCache& cache,
                                    const RecurrentCache& recurrent) const;
    void give_output(const Pass& pass) const;
    [[nodiscard]] Result<std::span<const float>> download(State& state, const float* output, int64_t n) const;

    Config config_;
    Adapters adapters_;
    Weights weights_;
    std::vector<KvShape> kv_shapes_;
    std::vector<int64_t> state_sizes_;
    std::vector<std::vector<std::byte>> rearranged_; ///< weights that are not in the file as they are used
    std::vector<Backend*> backends_;
    Placement placement_;
};

/// Every tensor's presence, format and shape: missing_tensor, shape_mismatch, or unsupported for one
/// that has no place in the model. Reads next to nothing but the file's header.
[[nodiscard]] Status check_tensors(const gguf::File& file, const Config& config);

/// Bytes of activations for this many tokens per step.
[[nodiscard]] int64_t state_bytes(const Config& config, int max_tokens, int max_outputs);

/// Floats of each layer's recurrent state, 0 where it has none.
[[nodiscard]] std::vector<int64_t> recurrent_state_sizes(const Config& config);

} // namespace rocmforge
