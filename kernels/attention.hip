// Softmax attention over the paged cache, by pages with a running maximum (arXiv:2205.14135), so that
// nothing of the size of the context is stored. A workgroup takes some rows (query heads of one KV head,
// of consecutive tokens) and some pages: keys and values are read once for all its rows. Where pages are
// split over workgroups, attention_combine joins their parts.
#include "kernels/cache_element.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

constexpr int columns_per_thread = max_v_dim / workgroup_threads;
constexpr int rows_at_once = workgroup_threads / page_tokens; ///< of a softmax, one lane per key

template <int Rows> struct AttentionMemory {
    float q[Rows][max_k_dim]; ///< scaled
    float weights[Rows][page_tokens]; ///< scores first
    float largest[Rows];
    float sums[Rows];
    float corrections[Rows]; ///< on what was summed up before the largest score grew
};

/// Which keys the tile's rows see.
struct KeyRange {
    int begin;
    int end;
};

DEVICE inline int row_position(const AttentionTile& tile, int row, int group)
{
    return tile.n_past + (tile.first_row + row) / group;
}

DEVICE inline KeyRange visible_keys(const AttentionParameters& p, const AttentionTile& tile, int group)
{
    const int first = row_position(tile, 0, group), last = row_position(tile, tile.n_rows - 1, group);
    const int before = p.causal ? p.window - 1 : p.window / 2;
    const int begin = p.window > 0 ? maximum(0, first - before) : 0;
    if (p.causal)
        return {begin, last + 1};
    return {begin, p.window > 0 ? minimum(tile.n_keys, last + p.window / 2 + 1) : tile.n_keys};
}

/// `distance` positions after the key.
DEVICE inline bool is_visible(const AttentionParameters& p, int distance)
{
    if (p.causal)
        return distance >= 0 && (p.window == 0 || distance < p.window);
    return p.window == 0 || (distance <= p.window / 2 && -distance <= p.window / 2);
}

/// Index of a tile's row among the batch's (token, head) pairs.
DEVICE inline int64_t output_index(const AttentionParameters& p, const AttentionTile& tile, int row,
                                   int group)
{
    const int r = tile.first_row + row;
    const int64_t token = tile.first_token + r / group;
    return token * p.n_heads + group_y() * group + r % group;
}

template <int Rows>
DEVICE void load_queries(AttentionMemory<Rows>& memory, const AttentionParameters& p,
                         const AttentionTile& tile, int group)
{
    for (int r = 0; r < Rows; ++r)
        for (int d = thread_index(); d < p.k_dim; d += workgroup_threads)
            memory.q[r][d] =
                r < tile.n_rows ? p.q[output_index(p, tile, r, group) * p.k_dim + d] * p.scale : 0;
    if (thread_index() < Rows) {
        memory.largest[thread_index()] = -infinity;
        memory.sums[thread_index()] = 0;
    }
}

DEVICE inline float adjusted_score(const AttentionParameters& p, float score, int head, int distance)
{
    if (p.soft_cap > 0)
        score = p.soft_cap * tanh_of(score / p.soft_cap);
    const int away = distance < 0 ? -distance : distance;
    return p.slopes ? score - p.slopes[head] * static_cast<float>(away) : score;
}

/// memory.weights = the scores of a page's keys, minus infinity where a row does not see a key.
template <typename Element, int Rows>
DEVICE void score_page(AttentionMemory<Rows>& memory, const AttentionParameters& p, const AttentionTile& tile,
                       int group, const Element* keys, int first_key)
{
    constexpr int n_scores = Rows * page_tokens;
    constexpr int lanes = n_scores < workgroup_threads ? workgroup_threads / n_scores : 1; ///< per score
    for (int i = thread_index() / lanes; i < n_scores; i += workgroup_threads / lanes) {
        const int r = i / page_tokens, k = i % page_tokens;
        const Element* key = keys + k * p.k_dim;
        float score = 0;
        for (int d = thread_index() % lanes; d < p.k_dim; d += lanes)
            score += memory.q[r][d] * to_float(key[d]);
        score = lanes_sum<lanes>(score);
        const int distance = row_position(tile, r, group) - (first_key + k);
        const bool visible = r < tile.n_rows && first_key + k < tile.n_keys && is_visible(p, distance);
        const int head = group_y() * group + (tile.first_row + r) % group;
        if (thread_index() % lanes == 0)
            memory.weights[r][k] = visible ? adjusted_score(p, score, head, distance) : -infinity;
    }
}

/// Turns a page's scores into weights relative to the largest score so far.
template <int Rows> DEVICE void weigh_page(AttentionMemory<Rows>& memory)
{
    const int key = thread_index() % page_tokens;
    for (int first = 0; first < Rows; first += rows_at_once) {
        const int r = first + thread_index() / page_tokens;
        const bool exists = r < Rows; // all lanes of a wave take part in its sums
        const float score = exists ? memory.weights[r][key] : -infinity;
        const float before = exists ? memory.largest[r] : -infinity;
        const float largest = maximum(before, lanes_max<page_tokens>(score));
        const float weight = score == -infinity ? 0 : exp_of(score - largest);
        const float sum = lanes_sum<page_tokens>(weight);
        if (!exists)
            continue;
        memory.weights[r][key] = weight;
        if (key == 0) {
            const float correction = before == -infinity ? 0 : exp_of(before - largest);
            memory.corrections[r] = correction;
            memory.sums[r] = memory.sums[r] * correction + sum;
            memory.largest[r] = largest;
        }
    }
}

/// The part of the values' sum that one thread keeps: columns d, d + workgroup_threads … of each row.
template <int Rows> struct ValueSums {
    float of[columns_per_thread][Rows] = {};

    template <typename Element>
    DEVICE void add_page(const AttentionMemory<Rows>& memory, const AttentionParameters& p,
                         const Element* values, int begin, int end)
    {
        for (int c = 0; c < columns_per_thread; ++c) {
            const int d = thread_index() + c * workgroup_threads;
            if (d >= p.v_dim)
                break;
            for (int r = 0; r < Rows; ++r)
                of[c][r] *= memory.corrections[r];
            for (int k = begin; k < end; ++k) {
                const float value = to_float(values[k * p.v_dim + d]);
                for (int r = 0; r < Rows; ++r)
                    of[c][r] += memory.weights[r][k] * value;
            }
        }
    }
};

/// The factor that makes a sum of weighted values their mean; the sink is one more score without a value.
DEVICE inline float share(float largest, float sum, const float* sink)
{
    if (!sink)
        return 1.0f / sum;
    const float m = maximum(largest, *sink);
    const float scaled = exp_of(largest - m);
    return scaled / (sum * scaled + exp_of(*sink - m));
}

template <int Rows>
DEVICE void store_rows(const AttentionMemory<Rows>& memory, const ValueSums<Rows>& sums,
                       const AttentionParameters& p, const AttentionTile& tile, int group)
{
#pragma unroll
    for (int r = 0; r < Rows; ++r) {
        if (r >= tile.n_rows)
            continue;
        const int64_t output = output_index(p, tile, r, group);
        const int64_t part = group_z() * p.n_outputs + output;
        float* to = p.n_splits == 1 ? p.y + output * p.v_dim : p.partial + part * (p.v_dim + 2);
        const float* sink = p.sinks ? p.sinks + output % p.n_heads : nullptr;
        const float factor = p.n_splits == 1 ? share(memory.largest[r], memory.sums[r], sink) : 1.0f;
        for (int c = 0; c < columns_per_thread; ++c) {
            const int d = thread_index() + c * workgroup_threads;
            if (d < p.v_dim)
                to[d] = sums.of[c][r] * factor;
        }
        if (p.n_splits > 1 && thread_index() == 0) {
            to[p.v_dim] = memory.largest[r];
            to[p.v_dim + 1] = memory.sums[r];
        }
    }
}

template <typename Element, int Rows> DEVICE void attention(const AttentionParameters& p)
{
    auto& memory = local_memory<AttentionMemory<Rows>>();
    const AttentionTile tile = p.tiles[group_x()];
    const int group = p.n_heads / p.n_kv_heads;
    const KeyRange range = visible_keys(p, tile, group);
    const int first_page = range.begin / page_tokens;
    const int n_pages = (range.end + page_tokens - 1) / page_tokens - first_page;
    const int begin = first_page + n_pages * group_z() / p.n_splits;
    const int end = first_page + n_pages * (group_z() + 1) / p.n_splits;

    load_queries(memory, p, tile, group);
    barrier();
    ValueSums<Rows> sums;
    for (int page = begin; page < end; ++page) {
        const int64_t row =
            (static_cast<int64_t>(p.pages[tile.pages + page]) * p.n_kv_heads + group_y()) * page_tokens;
        const int first_key = page * page_tokens;
        score_page(memory, p, tile, group, static_cast<const Element*>(p.k_cache) + row * p.k_dim, first_key);
        barrier();
        weigh_page(memory);
        barrier();
        sums.add_page(memory, p, static_cast<const Element*>(p.v_cache) + row * p.v_dim,
                      maximum(range.begin - first_key, 0), minimum(range.end - first_key, page_tokens));
        barrier();
    }
    store_rows(memory, sums, p, tile, group);
}

#define ATTENTION_KERNELS(rows)                                                                              \
    KERNEL(attention_f32_##rows, AttentionParameters, workgroup_threads)                                     \
    {                                                                                                        \
        attention<float, rows>(p);                                                                           \
    }                                                                                                        \
    KERNEL(attention_f16_##rows, AttentionParameters, workgroup_threads)                                     \
    {                                                                                                        \
        attention<Half, rows>(p);                                                                            \
    }
ATTENTION_KERNELS(1)
ATTENTION_KERNELS(4)
ATTENTION_KERNELS(16)

/// Joins the parts of one head of one token.
KERNEL(attention_combine, AttentionParameters, workgroup_threads)
{
    const int64_t output = group_x();
    const int64_t stride = p.n_outputs * (p.v_dim + 2);
    const float* parts = p.partial + output * (p.v_dim + 2);
    float largest = -infinity;
    for (int s = 0; s < p.n_splits; ++s)
        largest = maximum(largest, parts[s * stride + p.v_dim]);
    float sum = 0;
    for (int s = 0; s < p.n_splits; ++s)
        sum += parts[s * stride + p.v_dim + 1] * exp_of(parts[s * stride + p.v_dim] - largest);
    const float factor = share(largest, sum, p.sinks ? p.sinks + output % p.n_heads : nullptr);
    for (int d = thread_index(); d < p.v_dim; d += workgroup_threads) {
        float y = 0;
        for (int s = 0; s < p.n_splits; ++s)
            y += parts[s * stride + d] * exp_of(parts[s * stride + p.v_dim] - largest);
        p.y[output * p.v_dim + d] = y * factor;
    }
}

} // namespace rocmforge::device
