#include "backend/hip/attention_launch.h"

#include "backend/hip/launch_parameters.h"

#include <algorithm>
#include <bit>

namespace rocmforge::hip {
namespace {

/// Parts of a context that keep all compute units busy: a power of two, which changes rarely as a context
/// grows, so that launches can be recorded.
int splits(const Queue& queue, int n_workgroups, int most)
{
    constexpr int workgroups_per_unit = 4;
    const int wanted = workgroups_per_unit * queue.device().n_compute_units / std::max(n_workgroups, 1);
    return std::min(most, static_cast<int>(std::bit_floor(static_cast<unsigned>(std::max(wanted, 1)))));
}

device::AttentionParameters parameters(const AttentionCall& call)
{
    device::AttentionParameters p{};
    const Attention& attention = call.attention;
    p.y = call.y;
    p.rounded = call.rounded;
    p.q = call.q;
    p.k_cache = call.kv.k;
    p.v_cache = call.kv.v;
    p.sinks = attention.sinks;
    p.slopes = attention.alibi_slopes;
    p.n_outputs = int64_t{call.n_tokens} * attention.n_heads;
    p.n_heads = attention.n_heads;
    p.n_kv_heads = call.kv.n_kv_heads;
    p.k_dim = call.kv.k_head_dim;
    p.v_dim = call.kv.v_head_dim;
    p.window = attention.window;
    p.causal = attention.causal;
    p.scale = attention.scale;
    p.soft_cap = attention.soft_cap;
    return p;
}

} // namespace

void launch_attention(Queue& queue, AttentionScratch& scratch, DeviceBatch& batch, const AttentionCall& call)
{
    device::AttentionParameters p = parameters(call);
    const AttentionTiles& tiles = batch.attention_tiles(p.n_heads / p.n_kv_heads);
    p.tiles = tiles.tiles;
    p.pages = batch.pages();
    p.n_splits = splits(queue, tiles.n_tiles * p.n_kv_heads, tiles.most_splits);
    if (p.n_splits > 1) {
        p.partial = scratch.partial.reserve<float>(queue, p.n_splits * p.n_outputs * (p.v_dim + 2));
        p.finished = scratch.finished.reserve(queue, tiles.n_tiles * p.n_kv_heads);
        if (!p.partial || !p.finished)
            return;
    }
    queue.launch(std::string("attention_") + cache_name(call.kv.type) + "_" + std::to_string(tiles.rows),
                 {tiles.n_tiles, p.n_kv_heads, p.n_splits}, p);
}

} // namespace rocmforge::hip
