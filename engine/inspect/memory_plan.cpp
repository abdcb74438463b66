#include "inspect/memory_plan.h"

#include "kv/kv_cache.h"
#include "model/model.h"

namespace rocmforge {
namespace {

constexpr int shortest_context = 2048;
constexpr int tokens_per_step = 512; // the engine's default chunk of prefill
constexpr int outputs_per_step = 8;

std::vector<int> context_lengths(int n_ctx_train)
{
    std::vector<int> lengths;
    for (int64_t n_ctx = shortest_context; n_ctx < n_ctx_train; n_ctx *= 2)
        lengths.push_back(static_cast<int>(n_ctx));
    lengths.push_back(n_ctx_train);
    return lengths;
}

std::vector<KvShape> kv_shapes(const Config& config)
{
    std::vector<KvShape> shapes;
    shapes.reserve(config.layers.size());
    for (const LayerConfig& layer : config.layers)
        shapes.push_back({layer.n_kv_heads, layer.head_dim, layer.v_head_dim});
    return shapes;
}

} // namespace

std::vector<MemoryPlan> plan_memory(const Config& config, int64_t weight_bytes)
{
    const std::vector<KvShape> shapes = kv_shapes(config);
    // What is read in one step is kept as it is.
    const int64_t page_bytes = KvCache::page_bytes(shapes, config.causal ? KvType::f16 : KvType::f32);
    const int64_t q8_0_bytes = config.causal ? KvCache::page_bytes(shapes, KvType::q8_0) : page_bytes;
    const int64_t states =
        RecurrentCache::slot_bytes(recurrent_state_sizes(config)) * RecurrentCache::fewest_slots;
    const int64_t scratch = state_bytes(config, tokens_per_step, outputs_per_step);
    std::vector<MemoryPlan> plans;
    for (const int n_ctx : context_lengths(config.n_ctx_train)) {
        const int64_t n_pages = (int64_t(n_ctx) + page_tokens - 1) / page_tokens;
        plans.push_back({n_ctx, weight_bytes, n_pages * page_bytes, n_pages * q8_0_bytes, states, scratch});
    }
    return plans;
}

} // namespace rocmforge
