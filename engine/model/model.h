// A loaded model: configuration, weights on a backend, and the forward pass over them.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "kv/kv_cache.h"

#include <rocmforge/error.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rocmforge {

/// Hyperparameters, read from metadata through the table of architectures.cpp.
struct Config {
    std::string architecture;
    int n_layers = 0;
    int n_embd = 0;
    int n_ff = 0;
    int n_heads = 0;
    int n_kv_heads = 0;
    int head_dim = 0;
    int n_rot = 0;
    int n_ctx_train = 0;
    int vocab_size = 0;
    float norm_eps = 1e-5f;
    NormKind norm_kind = NormKind::rms;
    Activation activation = Activation::silu;
    RopePairing rope_pairing = RopePairing::interleaved;
    float rope_theta = 10000.0f;
    float attention_scale = 0; ///< 1/sqrt(head_dim) unless the file says otherwise
    float embedding_scale = 1;
    float residual_scale = 1;
    float logit_scale = 1; ///< factor on the logits
};

/// Weights of one layer; a null weight or norm is absent in this architecture.
struct Layer {
    Norm attn_norm; ///< (n_embd)
    Weight attn_q, attn_k, attn_v; ///< (n_heads · head_dim | n_kv_heads · head_dim, n_embd)
    const float* attn_q_bias = nullptr;
    const float* attn_k_bias = nullptr;
    const float* attn_v_bias = nullptr;
    Weight attn_output; ///< (n_embd, n_heads · head_dim)
    const float* attn_output_bias = nullptr;
    Rope rope;
    Attention attention;
    Norm ffn_norm; ///< (n_embd)
    Weight ffn_gate, ffn_up; ///< (n_ff, n_embd)
    Weight ffn_down; ///< (n_embd, n_ff)
};

struct Weights {
    Weight token_embd; ///< (vocab_size, n_embd)
    std::vector<Layer> layers;
    Norm output_norm; ///< (n_embd)
    Weight output; ///< (vocab_size, n_embd); token_embd where tied
};

/// Activations of one forward pass, in backend memory.
struct State {
    int max_tokens = 0;
    int max_outputs = 0;
    float* x = nullptr; ///< (max_tokens, n_embd)
    float* q = nullptr; ///< (max_tokens, n_heads · head_dim)
    float* k = nullptr; ///< (max_tokens, n_kv_heads · head_dim)
    float* v = nullptr; ///< (max_tokens, n_kv_heads · head_dim)
    float* y = nullptr; ///< (max_tokens, n_heads · head_dim)
    float* h = nullptr; ///< (max_tokens, n_ff)
    float* logits = nullptr; ///< (max_outputs, vocab_size)
    std::vector<float> host_logits; ///< the same, downloaded
};

class Model {
public:
    /// Checks every tensor's presence, format and shape, then uploads. `progress` gets 0 … 1;
    /// returning false ends the load with ErrorKind::cancelled.
    [[nodiscard]] static Result<std::shared_ptr<const Model>> load(
        const gguf::File& file, Backend& backend, const std::function<bool(double)>& progress = {});

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] std::span<const KvShape> kv_shapes() const { return kv_shapes_; }
    [[nodiscard]] Backend& backend() const { return *backend_; }
    [[nodiscard]] Result<State> create_state(int max_tokens, int max_outputs) const;

    /// Logits (n_outputs, vocab_size) of the batch's output rows, on the host, valid until the next
    /// call with this state. Appends the batch's keys and values to the cache.
    [[nodiscard]] Result<std::span<const float>> forward(State& state, const KvCache& cache,
                                                         const Batch& batch) const;

private:
    Config config_;
    Weights weights_;
    std::vector<KvShape> kv_shapes_;
    Backend* backend_ = nullptr;
};

/// Reads and checks the hyperparameters of a supported architecture; unknown_architecture lists
/// the nearest supported names.
[[nodiscard]] Result<Config> read_config(const gguf::File& file);

/// Bytes of activations for this many tokens per step.
[[nodiscard]] int64_t state_bytes(const Config& config, int max_tokens, int max_outputs);

} // namespace rocmforge
