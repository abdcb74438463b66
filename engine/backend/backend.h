// The wide steps a forward pass is made of. A backend implements them for one device; steps only
// enqueue, errors are sticky until synchronize(). Row-major F32 activations throughout: a pointer
// named x with width w holds (n_tokens, w). One thread drives a backend.
#pragma once

#include "backend/batch.h"
#include "backend/kv_layer.h"
#include "backend/recurrent.h"
#include "quant/formats.h"

#include <rocmforge/error.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace rocmforge {

struct Adapter;

/// A weight matrix resident on a backend, perhaps repacked. A plain handle: the backend owns the
/// bytes and frees them when it is destroyed.
struct Weight {
    Format format = Format::f32;
    int64_t n_in = 0; ///< weights per row
    int64_t n_out = 0; ///< rows
    const void* data = nullptr;
    uint32_t layout = 0; ///< the backend's own tag for how `data` is arranged
    const Adapter* adapter = nullptr; ///< every step that reads the matrix adds it; null = nothing

    explicit operator bool() const { return data != nullptr; }
};

/// Low-rank addition (LoRA, arXiv:2106.09685): the matrix that carries it counts as
/// weight + scale · up · down, plus that of `next`. Lives as long as the model; its own parts carry none.
struct Adapter {
    Weight down{}; ///< (rank, n_in)
    Weight up{}; ///< (n_out, rank)
    float scale = 1;
    const Adapter* next = nullptr;
};

/// y = x · weightᵀ · scale + bias; a null weight is absent, a null bias is none.
struct Linear {
    Weight weight; ///< (n_out, n_in)
    const float* bias = nullptr; ///< (n_out)
    float scale = 1; ///< 1 in experts
};

enum class NormKind { rms, layer };

/// weight and bias: (groups, width) in backend memory, row r of the input taking group r % groups;
/// either may be null (no scale, no bias).
struct Norm {
    const float* weight = nullptr;
    const float* bias = nullptr;
    float eps = 1e-5f;
    NormKind kind = NormKind::rms;
    int groups = 1; ///< more than 1 only in norm()
};

/// One output of project(): out (n_tokens, weight.n_out) = clamp(x · weightᵀ + bias).
struct Projection {
    float* out = nullptr;
    const Weight* weight = nullptr;
    const float* bias = nullptr; ///< (n_out) or null
    float clamp = 0; ///< results are limited to ±clamp; 0 = unlimited
};

enum class RopePairing {
    none,
    interleaved, ///< pairs (2i, 2i+1)
    half_split, ///< pairs (i, i + n_rot/2), "NEOX"
};

enum class NormOrder { before_rotation, after_rotation };

struct Rope {
    RopePairing pairing = RopePairing::interleaved;
    int n_rot = 0; ///< dimensions rotated, from the front of each head
    /// (n_rot / 2) angle per position of each pair, in backend memory: frequency scaling of every
    /// kind (linear, llama-3, YaRN, longrope) is folded in when the model is loaded.
    const float* frequencies = nullptr;
    float magnitude = 1.0f; ///< factor on cos and sin
    Norm q_norm{}; ///< per head; weight null = none
    Norm k_norm{};
    NormOrder norm_order = NormOrder::before_rotation;
};

struct Attention {
    int n_heads = 0; ///< query heads; n_heads / n_kv_heads of them share one KV head
    float scale = 0; ///< on q·k
    int window = 0; ///< sliding window: a row sees its last `window` positions, itself included; 0 = all
    float soft_cap = 0; ///< cap · tanh(score / cap); 0 = none
    const float* sinks = nullptr; ///< (n_heads) extra softmax logit per head, or null
    /// (n_heads) ALiBi: added to a score is slope · (position of k - position of q); or null
    const float* alibi_slopes = nullptr;
    /// A row sees no later positions. Else it sees all of its sequence, or those up to window / 2 away,
    /// and slopes count the distance to either side.
    bool causal = true;
};

enum class Activation { silu, gelu, gelu_tanh, relu };

/// Expanded integral of the exponential linear unit (arXiv:2411.13010): slope · x, plus positive · x²
/// above 0 or negative · (e^min(x, limit) - 1 - x) below.
struct Xielu {
    float positive = 0;
    float negative = 0;
    float slope = 0;
    float limit = 0; ///< at most 0
};

/// A small matrix for each row.
struct Mixing {
    const float* weights = nullptr; ///< (n_rows, n_out, n_in)
    int n_out = 1;
    int n_in = 1;
};

/// How a router's logits become the weights of the chosen experts.
enum class Gating {
    softmax, ///< over all experts
    sigmoid, ///< each expert by itself
    softmax_of_chosen, ///< chosen by their logits, then softmax over those
    sigmoid_of_chosen, ///< chosen by their logits, then each by itself
};

struct Routing {
    int n_experts = 0;
    int n_used = 0;
    Gating gating = Gating::softmax;
    const float* selection_bias = nullptr; ///< (n_experts) added to the scores for the choice only; or null
    int n_groups = 1; ///< experts are chosen from the n_groups_used groups whose two best are best
    int n_groups_used = 1;
    bool normalized = true; ///< the chosen weights are divided by their sum
    float scale = 1; ///< on the weights
    const float* expert_scales = nullptr; ///< (n_experts) further factors, or null
};

/// The experts of each token, in backend memory: both (n_tokens, n_used).
struct Routes {
    int32_t* experts = nullptr;
    float* weights = nullptr;
};

/// Gated feed-forward network: down(activation(gate · x) ∘ (up · x)).
struct Expert {
    Linear gate, up; ///< (n_ff, n_embd)
    Linear down; ///< (n_embd, n_ff)
};

enum class ExpertWeighting { output, input };

struct Experts {
    std::span<const Expert> experts;
    int n_used = 0;
    Activation activation = Activation::silu;
    float swiglu_limit = 0; ///< > 0: clamped_swiglu() takes the activation's place
    ExpertWeighting weighting = ExpertWeighting::output; ///< what a route's weight multiplies
};

/// Bytes of a device's memory that a backend takes.
struct MemoryUse {
    int64_t kept = 0; ///< handed out: weights, caches, activations
    int64_t total = 0; ///< with what these are rounded up to and what steps need beside them
};

/// What passes work on besides their batches; it stays where it is as long as the backend lives.
struct PassMemory {
    const void* weights = nullptr;
    const void* activations = nullptr;
    const void* cache = nullptr;
    const void* recurrent = nullptr;
};

class Backend {
public:
    virtual ~Backend() = default;

    /// "CPU AVX-512 VNNI, 2 threads", for people.
    [[nodiscard]] virtual std::string name() const = 0;

    // Loading. Each returns backend memory that lives as long as the backend.

    /// `data` holds n_out rows of n_in weights in `format`; copied or repacked unless the backend
    /// can use it in place, so it must stay valid as long as the backend.
    [[nodiscard]] virtual Result<Weight> upload_matrix(Format format, int64_t n_in, int64_t n_out,
                                                       std::span<const std::byte> data) = 0;
    [[nodiscard]] virtual Result<const float*> upload_vector(std::span<const float> values) = 0;
    /// Zeroed, 64-byte aligned. For activations and the KV cache.
    [[nodiscard]] virtual Result<void*> allocate(int64_t bytes) = 0;

    // Steps.

    /// Stages what the following steps need of the batch.
    virtual void begin(const Batch& batch) = 0;
    /// Like begin(), for passes that take the same steps on the same memory whenever their batches have
    /// the same shape. True where the backend had recorded the steps and has enqueued them all by itself;
    /// else the steps are to follow, and after the last one finish().
    [[nodiscard]] virtual bool replay(const Batch& batch, const PassMemory&)
    {
        begin(batch);
        return false;
    }
    virtual void finish() { }
    /// x (n_tokens, n_embd) = rows of table · scale.
    virtual void embed(float* x, const Weight& table, std::span<const int32_t> tokens, float scale) = 0;
    /// y (n_tokens, width) = norm(x); y may be x.
    virtual void norm(float* y, const float* x, const Norm& norm, int n_tokens, int64_t width) = 0;
    /// Up to three projections of one input, which is normed first where `norm` is given.
    virtual void project(std::span<const Projection> projections, const float* x, const Norm* norm,
                         int n_tokens) = 0;
    /// x (n_tokens, weight.n_out) += y (n_tokens, weight.n_in) · weightᵀ + bias, all · scale. next_norm is
    /// what the next step norms x with, where that is known: a backend may prepare it.
    virtual void project_residual(float* x, const float* y, const Weight& weight, const float* bias,
                                  float scale, int n_tokens, const Norm* next_norm) = 0;
    /// Norms and rotates q (n_tokens, n_heads · k_head_dim) in place and k on its way into the
    /// cache; appends k and v (n_tokens, n_kv_heads · v_head_dim) at the batch's positions.
    virtual void rope_append(float* q, float* k, const float* v, const KvLayer& kv, const Batch& batch,
                             const Rope& rope, int n_heads) = 0;
    /// y (n_tokens, n_heads · v_head_dim) = softmax attention over the cache.
    virtual void attention(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                           const Attention& attention) = 0;
    /// h (n_tokens, gate.n_out) = activation(norm(x) · gateᵀ) ∘ (norm(x) · upᵀ).
    virtual void gated_ffn(float* h, const float* x, const Weight& gate, const Weight& up, const Norm& norm,
                           Activation activation, int n_tokens) = 0;
    /// out (n_outputs, vocab) = norm(x[output_rows]) · weightᵀ · scale.
    virtual void logits(float* out, const float* x, const Batch& batch, const Norm& norm,
                        const Weight& weight, float scale) = 0;

    // Elementwise steps of rarer blocks. The defaults run on the calling thread and need backend
    // memory that the host can read; other devices override them.

    /// h (n) = activation(gate) ∘ up; up null = activation(gate). h may be gate or up.
    virtual void activate(float* h, const float* gate, const float* up, Activation activation, int64_t n);
    /// x (n) += y · scale.
    virtual void add(float* x, const float* y, float scale, int64_t n);
    /// x (n_rows, width) += bias (width).
    virtual void add_bias(float* x, const float* bias, int n_rows, int64_t width);
    /// x (n) *= factor.
    virtual void scale(float* x, float factor, int64_t n);
    /// x (n) = cap · tanh(x / cap).
    virtual void soft_cap(float* x, float cap, int64_t n);
    /// x (n) *= sigmoid(gate[i / share]): a gate of its own for each `share` elements.
    virtual void gate_by_sigmoid(float* x, const float* gate, int64_t n, int64_t share);
    /// h (n) = g · sigmoid(1.702 · g) · (u + 1), g = min(gate, limit), u = clamp(up, ± limit).
    virtual void clamped_swiglu(float* h, const float* gate, const float* up, float limit, int64_t n);
    /// h (n) = xielu(x); h may be x.
    virtual void xielu(float* h, const float* x, const Xielu& parameters, int64_t n);
    /// x (n_rows, width) = what it is above its row's mean plus `deviations` standard deviations, or 0.
    virtual void keep_above(float* x, float deviations, int n_rows, int64_t width);
    /// y (n_rows, width): every row gets the mean square of the same row of x.
    virtual void match_power(float* y, const float* x, int n_rows, int64_t width);
    /// y (n_rows, n_out, width) += weights (n_rows, n_out, n_in) · x (n_rows, n_in, width).
    virtual void mix(float* y, const float* x, const Mixing& mixing, int n_rows, int64_t width);
    /// x (n_tokens, width) *= 1 + scale · ln(1 + ⌊position / length⌋), the batch's positions.
    virtual void scale_by_position(float* x, const Batch& batch, float scale, int length, int64_t width);

    /// Norms and rotates q (n_tokens, n_heads · head_dim) in place, like rope_append() without keys.
    virtual void rotate_queries(float* q, const Batch& batch, const Rope& rope, int n_heads, int head_dim);

    // Projections per head. The defaults need memory that the host can read, like those above.

    /// Row r of out, of heads[h].n_out, = row r of x, of heads[h].n_in, · heads[h]ᵀ for the
    /// n_tokens · heads.size() rows, h = r mod heads.size(). Rows start `stride` floats apart.
    virtual void project_heads(float* out, int64_t out_stride, const float* x, int64_t x_stride,
                               std::span<const Weight> heads, int n_tokens);
    /// Copies n_rows rows of `width` floats that start `stride` floats apart; strides of 0 repeat a row.
    virtual void copy_rows(float* to, int64_t to_stride, const float* from, int64_t from_stride,
                           int64_t width, int64_t n_rows);

    // Mixtures of experts. The defaults need memory that the host can read, like those above.

    /// Chooses experts by a router's logits (n_tokens, n_experts).
    virtual void moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens);
    /// y (n_tokens, n_embd) = weighted sum of the chosen experts of x (n_tokens, n_embd).
    virtual void moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes,
                         int n_tokens);

    // Recurrent layers. The defaults need memory that the host can read, like those above. Each advances
    // the states of the batch's sequences by their rows; y must not overlap an input.

    /// x (n) *= y.
    virtual void multiply_by(float* x, const float* y, int64_t n);
    /// y (n_tokens, width) of x (n_tokens, width).
    virtual void short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                                   const Convolution& convolution);
    /// y (n_tokens, n_heads · head_dim).
    virtual void selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                                const SelectiveScan& scan);
    /// y (n_tokens, n_v_heads · v_head_dim).
    virtual void gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states,
                                  const Batch& batch, const DeltaRule& rule);

    // Drawing tokens where the logits are.

    /// Whether draw() and drawn() are there, and tokens may be drawn_token().
    [[nodiscard]] virtual bool draws() const { return false; }
    /// Draws a token after each output row from logits (n_outputs, vocab_size), whose content is lost.
    virtual void draw(float*, const Batch&, int) { }
    /// Waits for the tokens (n_outputs) of the first pass that drew some and was not asked for yet. Valid
    /// until two more passes have drawn.
    [[nodiscard]] virtual Result<std::span<const DrawnToken>> drawn()
    {
        return std::span<const DrawnToken>();
    }

    // Memory.

    /// Copies one page of one layer, K and V, within the cache.
    virtual void copy_page(const KvLayer& kv, int32_t to, int32_t from) = 0;
    /// Copies backend memory to the host, once the steps before it are done.
    virtual void download(void* to, const void* from, int64_t bytes) = 0;
    /// Copies from the host to backend memory, for the steps after it. What is at `from` must stay as it
    /// is until synchronize().
    virtual void write(void* to, const void* from, int64_t bytes) = 0;
    /// Waits for all steps; the first error since the last call.
    [[nodiscard]] virtual Status synchronize() = 0;

    // What it takes of its device.

    [[nodiscard]] virtual MemoryUse memory_used() const = 0;
    /// Bytes that others and this backend leave of the device.
    [[nodiscard]] virtual int64_t memory_free() const = 0;
    /// While on, steps take their memory but compute nothing, where the backend can do so: what they leave
    /// is undefined.
    virtual void take_memory_only(bool) { }
    /// A backend like this one that takes nothing and computes nothing: its memory_used() is what this
    /// one would take for the same calls. What it hands out must not be read.
    [[nodiscard]] virtual Result<std::unique_ptr<Backend>> rehearsal() const = 0;
};

} // namespace rocmforge
