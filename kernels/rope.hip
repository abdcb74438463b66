// Norm and rotation of the heads of queries and keys, and the append of keys and values to the cache:
// one workgroup per head of one token. Every element is read and written once; a key twice.
#include "kernels/cache_element.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

constexpr int head_threads = 64;

struct HeadMemory {
    float values[max_k_dim];
    float partial[head_threads / 32];
};

DEVICE inline void norm_head(HeadMemory& head, const HeadNorm& norm, int dim)
{
    float mean = 0;
    if (norm.centered) {
        float sum = 0;
        for (int i = thread_index(); i < dim; i += head_threads)
            sum += head.values[i];
        mean = workgroup_sum(sum, head.partial, head_threads) / static_cast<float>(dim);
    }
    float squares = 0;
    for (int i = thread_index(); i < dim; i += head_threads)
        squares += (head.values[i] - mean) * (head.values[i] - mean);
    const float variance = workgroup_sum(squares, head.partial, head_threads) / static_cast<float>(dim);
    const float factor = 1.0f / root(variance + norm.eps);
    for (int i = thread_index(); i < dim; i += head_threads) {
        const float y = (head.values[i] - mean) * factor * norm.weight[i];
        head.values[i] = norm.bias ? y + norm.bias[i] : y;
    }
    barrier();
}

DEVICE inline void rotate_head(HeadMemory& head, const RopeParameters& p, int position)
{
    const int half = p.n_rot / 2;
    for (int i = thread_index(); i < half; i += head_threads) {
        const double angle = static_cast<double>(position) * static_cast<double>(p.frequencies[i]);
        const SineCosine turn = sine_cosine(angle);
        const float sine = turn.sine * p.magnitude, cosine = turn.cosine * p.magnitude;
        const bool split = p.pairing == RotationPairing::half_split;
        float& a = head.values[split ? i : 2 * i];
        float& b = head.values[split ? i + half : 2 * i + 1];
        const float a0 = a, b0 = b;
        a = a0 * cosine - b0 * sine;
        b = a0 * sine + b0 * cosine;
    }
    barrier();
}

DEVICE inline void norm_and_rotate(float* source, HeadMemory& head, const RopeParameters& p,
                                   const HeadNorm& norm)
{
    for (int i = thread_index(); i < p.k_dim; i += head_threads)
        head.values[i] = source[i];
    barrier();
    if (norm.weight && p.norm_first)
        norm_head(head, norm, p.k_dim);
    if (p.pairing != RotationPairing::none)
        rotate_head(head, p, p.positions[group_x()]);
    if (norm.weight && !p.norm_first)
        norm_head(head, norm, p.k_dim);
    for (int i = thread_index(); i < p.k_dim; i += head_threads)
        source[i] = head.values[i];
}

/// Where a head of this token lies in the cache.
template <typename Element>
DEVICE Element* cache_row(void* cache, const RopeParameters& p, int kv_head, int dim)
{
    const int64_t slot = p.slots[group_x()];
    const int64_t row = (slot / page_tokens * p.n_kv_heads + kv_head) * page_tokens + slot % page_tokens;
    return static_cast<Element*>(cache) + row * dim;
}

template <typename Element> DEVICE void rope_append(const RopeParameters& p)
{
    auto& head = local_memory<HeadMemory>();
    const int64_t token = group_x();
    const int index = group_y();
    if (index < p.n_heads) {
        norm_and_rotate(p.q + (token * p.n_heads + index) * p.k_dim, head, p, p.q_norm);
    } else if (index < p.n_heads + p.n_kv_heads) {
        const int kv_head = index - p.n_heads;
        norm_and_rotate(p.k + (token * p.n_kv_heads + kv_head) * p.k_dim, head, p, p.k_norm);
        auto* key = cache_row<Element>(p.k_cache, p, kv_head, p.k_dim);
        for (int i = thread_index(); i < p.k_dim; i += head_threads)
            store(key + i, head.values[i]);
    } else {
        const int kv_head = index - p.n_heads - p.n_kv_heads;
        const float* v = p.v + (token * p.n_kv_heads + kv_head) * p.v_dim;
        auto* value = cache_row<Element>(p.v_cache, p, kv_head, p.v_dim);
        for (int i = thread_index(); i < p.v_dim; i += head_threads)
            store(value + i, v[i]);
    }
}

KERNEL(rope_append_f32, RopeParameters, head_threads)
{
    rope_append<float>(p);
}
KERNEL(rope_append_f16, RopeParameters, head_threads)
{
    rope_append<Half>(p);
}

} // namespace rocmforge::device
