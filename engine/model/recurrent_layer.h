// Weights of a recurrent layer. Which of them it has depends on its kind; the others are null.
#pragma once

#include "backend/backend.h"

namespace rocmforge {

/// Gated short convolution: y = c ∘ convolution(b ∘ x).
struct ShortConvolutionLayer {
    Linear b, c, x; ///< (n_embd, n_embd)
};

/// Selective scan (arXiv:2312.00752): y = scan(silu(convolution(x))) ∘ silu(z).
struct SelectiveScanLayer {
    Linear x, z; ///< (inner, n_embd)
    Linear dt_down, b, c; ///< (dt_rank | n_state, inner)
    Norm dt_norm, b_norm, c_norm; ///< of these three, where the model has them
    Linear dt_up; ///< (inner, dt_rank)
    SelectiveScan scan;
};

/// Selective scan with heads (arXiv:2405.21060): y = norm(scan(silu(convolution(x, b, c))) ∘ silu(z)).
struct MultiHeadScanLayer {
    Linear z; ///< (inner, n_embd)
    Linear xbc; ///< (inner + 2 · n_groups · n_state, n_embd)
    Linear dt; ///< (n_heads, n_embd)
    Norm norm; ///< (n_groups, inner / n_groups)
    SelectiveScan scan;
};

/// Gated delta net: y = norm(delta_rule(silu(convolution(q, k, v)))) ∘ silu(z).
struct DeltaNetLayer {
    Linear qkv; ///< (2 · n_groups · n_state + inner, n_embd)
    Linear z; ///< (inner, n_embd)
    Linear alpha, beta; ///< (n_heads, n_embd)
    Linear beta_alpha; ///< (2 · n_heads, n_embd) in their place: for each key head its betas, then its alphas
    Norm norm; ///< (head_dim)
    DeltaRule rule;
};

struct RecurrentLayer {
    Convolution convolution;
    Linear output; ///< (n_embd, inner size or n_embd)
    ShortConvolutionLayer short_convolution;
    SelectiveScanLayer selective_scan;
    MultiHeadScanLayer multi_head_scan;
    DeltaNetLayer delta_net;
};

} // namespace rocmforge
