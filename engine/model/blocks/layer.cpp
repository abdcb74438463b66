#include "model/blocks/layer.h"

#include "model/blocks/alternating_updates.h"
#include "model/blocks/latent_attention.h"
#include "model/blocks/per_layer_embedding.h"
#include "model/blocks/recurrent.h"

namespace rocmforge {
namespace {

void recurrent_block(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    recurrent(pass, layer, states);
    add_to_residual(pass, pass.state.y, layer.recurrent.output, layer.attn_post_norm, layer.after_attention);
}

/// Both read the residual stream before either adds to it.
void attention_beside_recurrence(const Pass& pass, const Layer& layer, const KvLayer& kv,
                                 const StateSlots& states)
{
    attention(pass, layer, kv);
    pass.project(pass.state.share, pass.state.y, layer.attn_output);
    recurrent_block(pass, layer, states);
    add_share_to_residual(pass, {});
}

void norm_residual(const Pass& pass, const Norm& norm)
{
    if (norm.weight)
        pass.backend.norm(pass.state.x, pass.state.x, norm, pass.n_tokens, pass.config.n_embd);
}

/// Some models add what attention read a second time, and norm again.
void norm_after_attention(const Pass& pass, const Layer& layer)
{
    norm_residual(pass, layer.attn_output_norm);
    if (!layer.attn_second_norm.weight)
        return;
    pass.backend.add(pass.state.x, pass.state.share, 1, pass.embedding_size());
    norm_residual(pass, layer.attn_second_norm);
}

/// state.normed, which `attn_output` reads in layers that have a projection in attention's place.
const float* normed_residual(const Pass& pass, const Layer& layer)
{
    const Activations& s = pass.state;
    pass.backend.norm(s.normed, s.x, layer.attn_norm, pass.n_tokens, pass.config.n_embd);
    return s.normed;
}

void attention_block(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    if (!layer.attn_output.weight)
        return;
    if (layer.attention.n_heads == 0)
        return add_to_residual(pass, normed_residual(pass, layer), layer.attn_output, layer.attn_post_norm,
                               layer.after_attention);
    if (layer.attn_second_norm.weight)
        pass.backend.copy_rows(pass.state.share, pass.config.n_embd, pass.state.x, pass.config.n_embd,
                               pass.config.n_embd, pass.n_tokens);
    const bool latent = bool(layer.latent.kv_down);
    if (latent)
        latent_attention(pass, layer, kv);
    else
        attention(pass, layer, kv);
    const float* y = latent ? pass.state.latent_heads : pass.state.y;
    add_to_residual(pass, y, layer.attn_output, layer.attn_post_norm, layer.after_attention);
    norm_after_attention(pass, layer);
}

void dense_block(const Pass& pass, const Layer& layer)
{
    feed_forward(pass, pass.state.x, layer.ffn, layer.ffn_norm);
    add_to_residual(pass, pass.state.h, layer.ffn.down, layer.ffn_post_norm, layer.after_ffn);
}

Status feed_forward_block(Passes& passes, ExpertSite site, const Layer& layer)
{
    const Pass& pass = passes.on(site.layer);
    if (!layer.moe.experts.empty()) {
        TRY_STATUS(mixture_of_experts(passes, site, layer));
        add_share_to_residual(pass, layer.ffn_post_norm);
    } else if (layer.ffn.up.weight) {
        dense_block(pass, layer);
    }
    norm_residual(pass, layer.layer_output_norm);
    return {};
}

/// A layer whose experts read what attention does. Their share waits in state.share, which neither
/// attention nor the dense block touches where shares are not normed.
Status experts_beside_blocks(Passes& passes, ExpertSite site, const Layer& layer, const KvLayer& kv)
{
    const Pass& pass = passes.on(site.layer);
    TRY_STATUS(mixture_of_experts(passes, site, layer));
    attention_block(pass, layer, kv);
    dense_block(pass, layer);
    add_share_to_residual(pass, {});
    return {};
}

/// attention_block() of the first of several residual streams.
void attention_block_of_streams(const Pass& pass, const Layer& layer, const KvLayer& kv)
{
    predict_streams(pass, layer.streams);
    map_beside_attention(pass, layer);
    attention_block(pass, layer, kv);
    add_map_beside_attention(pass);
}

/// The layer's attention, recurrence or both.
void mix_tokens(const Pass& pass, const Layer& layer, const LayerMemory& memory)
{
    if (pass.config.experts.input == ExpertInput::routed_by_layer_input && !layer.moe.experts.empty())
        choose_experts_of_layer_input(pass, layer.moe);
    if (layer.is_recurrent && layer.attn_output.weight)
        attention_beside_recurrence(pass, layer, memory.kv, *memory.states);
    else if (layer.is_recurrent)
        recurrent_block(pass, layer, *memory.states);
    else if (layer.streams.router.weight)
        attention_block_of_streams(pass, layer, memory.kv);
    else
        attention_block(pass, layer, memory.kv);
}

bool experts_read_layer_input(const Config& config, const Layer& layer)
{
    return config.experts.input == ExpertInput::layer_input && !layer.moe.experts.empty();
}

/// What follows the blocks: embeddings of the layer's own, and its scale.
void finish_layer(const Pass& pass, const Layer& layer, int index)
{
    if (layer.streams.router.weight)
        correct_streams(pass, layer, index);
    else if (layer.per_layer_gate.weight)
        add_per_layer_embedding(pass, layer, index);
    if (layer.scale != 1)
        pass.backend.scale(pass.state.x, layer.scale, pass.embedding_size());
}

/// Both blocks read the residual stream before either adds to it.
Status parallel_blocks(Passes& passes, ExpertSite site, const Layer& layer, const KvLayer& kv)
{
    const Pass& pass = passes.on(site.layer);
    attention(pass, layer, kv);
    if (!layer.moe.experts.empty()) {
        TRY_STATUS(mixture_of_experts(passes, site, layer));
        add_to_residual(pass, pass.state.y, layer.attn_output, {}, {});
        add_share_to_residual(pass, {});
        return {};
    }
    feed_forward(pass, pass.state.x, layer.ffn, layer.ffn_norm);
    add_to_residual(pass, pass.state.y, layer.attn_output, layer.attn_post_norm, {});
    add_to_residual(pass, pass.state.h, layer.ffn.down, layer.ffn_post_norm, layer.after_ffn);
    return {};
}

Status run_blocks(Passes& passes, ExpertSite site, const Layer& layer, const LayerMemory& memory)
{
    const Pass& pass = passes.on(site.layer);
    if (layer.parallel)
        return parallel_blocks(passes, site, layer, memory.kv);
    if (experts_read_layer_input(pass.config, layer))
        return experts_beside_blocks(passes, site, layer, memory.kv);
    mix_tokens(pass, layer, memory);
    return feed_forward_block(passes, site, layer);
}

} // namespace

Status run_layer(Passes& passes, ExpertSite site, const Layer& layer, int index, const LayerMemory& memory)
{
    TRY_STATUS(run_blocks(passes, site, layer, memory));
    finish_layer(passes.on(site.layer), layer, index);
    return {};
}

} // namespace rocmforge
