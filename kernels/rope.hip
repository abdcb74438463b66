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

DEVICE inline void store(float* element, float value)
{
    *element = value;
}
DEVICE inline void store(Half* element, float value)
{
    *element = float_to_half(value);
}

/// Stores a token's row of `dim` values.
template <typename Element>
DEVICE void store_row(const CachedHead<Element>& head, int token, const float* values, int dim)
{
    for (int i = thread_index(); i < dim; i += head_threads)
        store(head.row(token) + i, values[i]);
}

/// The code of a value in units of a scale whose inverse is this, to nearest even.
DEVICE inline Code round_code(float value, float inverse)
{
    constexpr float shift = 12582912.0f; // 1.5 · 2^23 leaves no bits for a fraction
    const float shifted = maximum(minimum(value * inverse, 127.0f), -127.0f) + shift;
    return {static_cast<int8_t>(__builtin_bit_cast(int, shifted) - __builtin_bit_cast(int, shift))};
}

/// 32 consecutive lanes have a block; codes are rounded with the scale as it is stored.
DEVICE inline void store_row(const CachedHead<Code>& head, int token, const float* values, int dim)
{
    for (int first = 0; first < head.width; first += head_threads) {
        const int i = first + thread_index();
        const float value = i < dim ? values[i] : 0;
        const Half scale = float_to_half(lanes_max<cache_block>(magnitude(value)) / 127.0f);
        const float step = half_to_float(scale);
        if (i >= head.width)
            continue;
        head.row(token)[i] = round_code(value, step > 0 ? 1.0f / step : 0);
        if (i % cache_block == 0)
            head.scales_of(i)[token] = scale;
    }
}

/// Stores this token's row of one head.
template <typename Element>
DEVICE void append_row(void* cache, const RopeParameters& p, int kv_head, const float* values, int dim)
{
    const int64_t slot = p.slots[group_x()];
    const CachedHead<Element> head(cache, slot / page_tokens * p.n_kv_heads + kv_head, dim);
    store_row(head, static_cast<int>(slot % page_tokens), values, dim);
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
        append_row<Element>(p.k_cache, p, kv_head, head.values, p.k_dim);
    } else {
        const int kv_head = index - p.n_heads - p.n_kv_heads;
        append_row<Element>(p.v_cache, p, kv_head, p.v + (token * p.n_kv_heads + kv_head) * p.v_dim, p.v_dim);
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
KERNEL(rope_append_q8_0, RopeParameters, head_threads)
{
    rope_append<Code>(p);
}

} // namespace rocmforge::device
