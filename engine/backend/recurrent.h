// What the steps of recurrent layers take: layers that keep a state of fixed size per sequence in
// place of the keys and values of all positions.
#pragma once

#include <cstdint>

namespace rocmforge {

/// A part of each sequence's state, in backend memory: that of slot s starts at data + s · stride.
/// A sequence's state before its first token is zero, whatever its slot holds.
struct StateSlots {
    float* data = nullptr;
    int64_t stride = 0;

    [[nodiscard]] float* at(int32_t slot) const { return data + slot * stride; }
    /// What follows `offset` floats later in each slot.
    [[nodiscard]] StateSlots after(int64_t offset) const { return {data + offset, stride}; }
};

inline constexpr int max_convolution_kernel = 64;

/// Causal convolution of each channel along the tokens. Its state is the last kernel - 1 inputs,
/// (kernel - 1, width), the oldest first.
struct Convolution {
    const float* weight = nullptr; ///< (width, kernel), the last tap for the token itself
    const float* bias = nullptr; ///< (width) or null
    int kernel = 0; ///< at most max_convolution_kernel
    int64_t width = 0;
    bool silu = false; ///< on the result

    [[nodiscard]] int64_t state_size() const { return (kernel - 1) * width; }
};

/// Selective state space (arXiv:2312.00752, and with heads arXiv:2405.21060). For each head,
/// with Δ = softplus(dt + dt_bias), S (head_dim, n_state) becomes S ∘ exp(Δ · a) + Δ · x ⊗ b, and
/// y = S · c + d · x.
struct SelectiveScan {
    int n_heads = 0;
    int head_dim = 0;
    int n_state = 0;
    int n_groups = 1; ///< head h reads b and c of group h / (n_heads / n_groups)
    const float* a = nullptr; ///< (n_heads, a_width), negative
    int a_width = 1; ///< n_state, or 1: one number for a head's whole state
    const float* d = nullptr; ///< (n_heads)
    const float* dt_bias = nullptr; ///< (n_heads) or null

    [[nodiscard]] int64_t state_size() const { return int64_t{n_heads} * head_dim * n_state; }
};

/// Inputs of a selective scan; rows start `stride` floats apart.
struct ScanInputs {
    const float* x = nullptr; ///< (n_tokens, n_heads · head_dim)
    int64_t x_stride = 0;
    const float* b = nullptr; ///< (n_tokens, n_groups · n_state)
    const float* c = nullptr; ///< the same
    int64_t bc_stride = 0;
    const float* dt = nullptr; ///< (n_tokens, n_heads), contiguous
};

/// Which key head a value head takes, where there are fewer key heads.
enum class KeySharing {
    consecutive, ///< value head h takes key head h / (n_v_heads / n_k_heads)
    alternating, ///< h % n_k_heads
};

/// Gated delta rule (arXiv:2412.06464). For each value head, with q and k of length 1, q then divided
/// by √k_head_dim, S (v_head_dim, k_head_dim) becomes S' = S · exp(a · softplus(alpha + dt_bias)),
/// then S' + sigmoid(beta) · (v - S' · k) ⊗ k, and y = S · q.
struct DeltaRule {
    int n_k_heads = 0;
    int n_v_heads = 0;
    int k_head_dim = 0;
    int v_head_dim = 0;
    KeySharing sharing = KeySharing::consecutive;
    const float* a = nullptr; ///< (n_v_heads), negative
    const float* dt_bias = nullptr; ///< (n_v_heads)
    float eps = 0; ///< smallest length that q and k are divided by

    [[nodiscard]] int64_t k_width() const { return int64_t{n_k_heads} * k_head_dim; }
    [[nodiscard]] int64_t v_width() const { return int64_t{n_v_heads} * v_head_dim; }
    [[nodiscard]] int64_t state_size() const { return v_width() * k_head_dim; }
    [[nodiscard]] int key_head(int v_head) const
    {
        return sharing == KeySharing::consecutive ? v_head / (n_v_heads / n_k_heads) : v_head % n_k_heads;
    }
};

/// Inputs of the gated delta rule.
struct DeltaInputs {
    const float* qkv = nullptr; ///< (n_tokens, 2 · k_width + v_width): queries, keys, values
    const float* alpha = nullptr; ///< (n_tokens, n_v_heads)
    const float* beta = nullptr; ///< (n_tokens, n_v_heads)
};

} // namespace rocmforge
