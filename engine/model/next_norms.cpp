#include "model/next_norms.h"

namespace rocmforge {
namespace {

bool has_dense_block(const Layer& layer)
{
    return layer.moe.experts.empty() && layer.ffn.up.weight;
}

/// What a layer's first block norms the residual stream with.
Norm first_norm(const Layer& layer)
{
    if (layer.attn_output.weight || layer.is_recurrent)
        return layer.attn_norm;
    return has_dense_block(layer) ? layer.ffn_norm : Norm();
}

/// The residual stream changes after the last block's share.
bool changes_at_end(const Layer& layer)
{
    return layer.layer_output_norm.weight || layer.per_layer_gate.weight || layer.streams.router.weight
        || layer.scale != 1;
}

/// The same after attention's share, or the feed-forward block does not read it next.
bool changes_between(const Layer& layer)
{
    return layer.parallel || layer.attn_output_norm.weight || layer.attn_second_norm.weight
        || layer.streams.router.weight || !layer.moe.experts.empty()
        || (layer.is_recurrent && layer.attn_output.weight);
}

/// Of a layer that `next` follows, on the same device.
void find(Layer& layer, const Norm& next)
{
    if (!changes_at_end(layer))
        layer.after_ffn = next;
    if (!changes_between(layer))
        layer.after_attention = has_dense_block(layer) ? layer.ffn_norm : layer.after_ffn;
}

} // namespace

void find_next_norms(Weights& weights, const Placement& placement)
{
    for (size_t l = 0; l < weights.layers.size(); ++l) {
        const bool is_last = l + 1 == weights.layers.size();
        const int next_device = is_last ? placement.output() : placement.layers[l + 1];
        const Norm next = is_last ? weights.output_norm : first_norm(weights.layers[l + 1]);
        // A norm lies in the memory of the device that takes it.
        find(weights.layers[l], placement.layers[l] == next_device ? next : Norm());
    }
}

} // namespace rocmforge
