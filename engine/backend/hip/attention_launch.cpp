#include "backend/hip/attention_launch.h"

#include "backend/hip/launch_parameters.h"

#include <algorithm>
#include <bit>

namespace rocmforge::hip {
namespace {

/// Workgroups that keep all compute units busy.
int busy_workgroups(const Queue& queue)
{
    constexpr int per_unit = 4;
    return per_unit * queue.device().n_compute_units;
}

/// Parts of a context that make so many: a power of two, which changes rarely as a context grows, so that
/// launches can be recorded.
int splits(const Queue& queue, int n_workgroups, int most)
{
    const int wanted = busy_workgroups(queue) / std::max(n_workgroups, 1);
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

/// The longest heads of the kernel on matrix tiles; 0 = there is none.
int tile_dim(const AttentionCall& call)
{
    const int k_dim = call.kv.k_head_dim, v_dim = call.kv.v_head_dim, longest = std::max(k_dim, v_dim);
    const bool in_wide_loads = call.kv.type == KvType::q8_0 || (k_dim % 8 == 0 && v_dim % 8 == 0);
    if (call.kv.type == KvType::f32 || !in_wide_loads || longest > 256)
        return 0;
    return longest <= 128 ? 128 : 256;
}

AttentionRows rows_of(const AttentionCall& call)
{
    const int dim = tile_dim(call);
    return {.group = call.attention.n_heads / call.kv.n_kv_heads,
            .on_matrix_tiles = dim == 0 ? 0
                : dim <= 128            ? device::attention_tile_rows<128>
                                        : device::attention_tile_rows<256>};
}

std::string attention_kernel(const AttentionCall& call, int rows)
{
    const std::string kernel = std::string("attention_") + cache_name(call.kv.type) + "_";
    return rows <= 16 ? kernel + std::to_string(rows) : kernel + "tile_" + std::to_string(tile_dim(call));
}

} // namespace

void launch_attention(Queue& queue, AttentionScratch& scratch, DeviceBatch& batch, const AttentionCall& call)
{
    device::AttentionParameters p = parameters(call);
    const AttentionTiles& tiles = batch.attention_tiles(rows_of(call));
    p.tiles = tiles.tiles;
    p.pages = batch.pages();
    p.n_splits = splits(queue, tiles.n_tiles * p.n_kv_heads, tiles.most_splits);
    if (p.n_splits > 1) {
        // As many as any split launch of such tiles leaves: what others need is not known by this one's.
        const int64_t n_parts = int64_t{busy_workgroups(queue)} * tiles.rows;
        p.partial = scratch.partial.reserve<float>(queue, n_parts * (p.v_dim + 2));
        p.finished = scratch.finished.reserve(queue, tiles.n_tiles * p.n_kv_heads);
        if (!p.partial || !p.finished)
            return;
    }
    queue.launch(attention_kernel(call, tiles.rows), {tiles.n_tiles, p.n_kv_heads, p.n_splits}, p);
}

} // namespace rocmforge::hip
