// Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): the cache holds one
// compressed vector and one rotated key per token, which all heads share.
#pragma once

#include "model/blocks/pass.h"
#include "model/layer_plan.h"

namespace rocmforge {

[[nodiscard]] Status plan_latent_attention(const LayerPlan& plan, Layer& layer);

/// state.latent_heads (n_tokens, n_heads · value_dim) = attention of the normed residual stream over
/// the cache, to which the batch's latents are appended: what `attn_output` reads.
void latent_attention(const Pass& pass, const Layer& layer, const KvLayer& kv);

} // namespace rocmforge
