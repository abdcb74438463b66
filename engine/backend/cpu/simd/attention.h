// Softmax attention over the paged cache with running maxima (Dao et al., FlashAttention, 2022):
// page by page, each page's keys and values are brought into the first-level cache once, as F32, and
// used for all rows of the task.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/cached_rows.h"
#include "backend/cpu/simd/float_product.h"
#include "backend/cpu/simd/math.h"

namespace rocmforge::cpu {
namespace {

constexpr float masked = -1e30f;

struct AttentionBuffers {
    float* queries; ///< (n_rows, padded k_head_dim)
    float* keys; ///< (k_head_dim, page_tokens)
    float* values; ///< (page_tokens, padded v_head_dim)
    float* scores; ///< (n_rows, page_tokens)
};

inline AttentionBuffers buffers_of(const AttentionTask& task)
{
    const int64_t k_width = padded_to_vector(task.kv->k_head_dim);
    const int64_t v_width = padded_to_vector(task.kv->v_head_dim);
    float* keys = task.scratch + attention_rows * k_width;
    float* values = keys + page_tokens * k_width;
    return {task.scratch, keys, values, values + page_tokens * v_width};
}

inline void load_keys(float* keys, const AttentionTask& task, int32_t page)
{
    const KvRows rows = task.kv->k_rows();
    const int64_t n = rows.dim;
    const std::byte* head = task.kv->k_head(page, task.kv_head);
    for (int first = 0; first < page_tokens; first += 16) {
        for (int64_t i = 0; i < n; i += 16) {
            Floats block[16];
            for (int t = 0; t < 16; ++t)
                block[t] = load_cached(head + (first + t) * rows.row_bytes(), rows.type, i, n);
            transpose(block);
            if (rows.type == KvType::q8_0) {
                const Floats scales = load_scales(head, rows, i, first);
                for (Floats& tokens : block)
                    tokens = tokens * scales;
            }
            for (int64_t d = 0; d < 16 && i + d < n; ++d)
                store(keys + (i + d) * page_tokens + first, block[d]);
        }
    }
}

/// (page_tokens, padded head_dim) *= the scales of n_keys tokens.
inline void scale_values(float* values, const std::byte* head, const KvRows& rows, int n_keys)
{
    const int64_t width = padded_to_vector(rows.dim);
    for (int64_t i = 0; i < width; i += 16) {
        float scales[page_tokens];
        for (int t = 0; t < page_tokens; t += 16)
            store(scales + t, load_scales(head, rows, i, t));
        for (int t = 0; t < n_keys; ++t)
            store(values + t * width + i, load(values + t * width + i) * broadcast(scales[t]));
    }
}

inline void load_values(float* values, const AttentionTask& task, int32_t page, int n_keys)
{
    const KvRows rows = task.kv->v_rows();
    const int64_t n = rows.dim;
    const std::byte* head = task.kv->v_head(page, task.kv_head);
    for (int t = 0; t < n_keys; ++t)
        for (int64_t i = 0; i < n; i += 16)
            store(values + t * padded_to_vector(n) + i,
                  load_cached(head + t * rows.row_bytes(), rows.type, i, n));
    if (rows.type == KvType::q8_0)
        scale_values(values, head, rows, n_keys);
}

inline void load_queries(float* queries, const AttentionTask& task)
{
    const int64_t n = task.kv->k_head_dim;
    for (int r = 0; r < task.n_rows; ++r) {
        const int row = task.first_row + r;
        const float* from = task.q + row / task.group * task.q_stride + row % task.group * n;
        __builtin_memcpy(queries + r * padded_to_vector(n), from, static_cast<size_t>(n) * sizeof(float));
    }
}

/// What one row sees of a page: keys first … end - 1 of it.
struct VisibleKeys {
    int position; ///< of the row
    int first;
    int end;
};

inline VisibleKeys visible_keys(const AttentionTask& task, int r, int page_position)
{
    const int position = task.n_past + (task.first_row + r) / task.group;
    const int window = task.attention->window;
    int first = window > 0 ? position - window + 1 - page_position : 0;
    int end = position + 1 - page_position;
    if (!task.attention->causal) {
        const bool cut = window > 0 && position + window / 2 < task.n_positions;
        first = window > 0 ? position - window / 2 - page_position : 0;
        end = (cut ? position + window / 2 + 1 : task.n_positions) - page_position;
    }
    return {position, first > 0 ? first : 0, end < page_tokens ? end : page_tokens};
}

/// Scale, cap and slope on 16 scores of keys that begin `distance` positions after the query.
ROCMFORGE_INLINE Floats adjust_scores(Floats scores, const Attention& a, const float* slope, int distance)
{
    scores = scores * broadcast(a.scale);
    if (a.soft_cap > 0)
        scores = tanh(scores / broadcast(a.soft_cap)) * broadcast(a.soft_cap);
    if (slope) {
        alignas(64) static constexpr float lanes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        Floats distances = load(lanes) + broadcast(static_cast<float>(distance));
        if (!a.causal)
            distances = broadcast(0.0f) - max(distances, broadcast(0.0f) - distances);
        scores = fma(distances, broadcast(*slope), scores);
    }
    return scores;
}

/// Lowers the row's earlier sums to a new maximum.
inline void raise_maximum(const AttentionTask& task, int r, float maximum)
{
    float& old = task.sums.maxima[r];
    if (maximum <= old)
        return;
    const Floats factor = exp(broadcast(old - maximum));
    const int64_t width = padded_to_vector(task.kv->v_head_dim);
    float* values = task.sums.values + r * width;
    for (int64_t i = 0; i < width; i += 16)
        store(values + i, load(values + i) * factor);
    float lanes[16];
    store(lanes, factor);
    task.sums.weights[r] *= lanes[0];
    old = maximum;
}

/// Scores of one row (page_tokens) become e^(score - maximum), zero where the row does not look.
inline void weigh_row(float* scores, const AttentionTask& task, int r, int page_position)
{
    const VisibleKeys keys = visible_keys(task, r, page_position);
    if (keys.first >= keys.end) {
        for (int i = 0; i < page_tokens; i += 16)
            store(scores + i, broadcast(0.0f));
        return;
    }
    const Attention& a = *task.attention;
    const int head = task.kv_head * task.group + (task.first_row + r) % task.group;
    const float* slope = a.alibi_slopes ? a.alibi_slopes + head : nullptr;
    for (int i = 0; i < page_tokens; i += 16)
        store(scores + i, adjust_scores(load(scores + i), a, slope, page_position + i - keys.position));
    for (int i = 0; i < keys.first; ++i)
        scores[i] = masked;
    for (int i = keys.end; i < page_tokens; ++i)
        scores[i] = masked;
    raise_maximum(task, r, largest(max(load(scores), load(scores + 16))));
    const Floats maximum = broadcast(task.sums.maxima[r]);
    const Floats low = exp(load(scores) - maximum);
    const Floats high = exp(load(scores + 16) - maximum);
    store(scores, low);
    store(scores + 16, high);
    task.sums.weights[r] += sum(low + high);
}
static_assert(page_tokens == 32, "weigh_row() works on two vectors");

inline void clear_sums(const AttentionTask& task)
{
    for (int r = 0; r < task.n_rows; ++r) {
        task.sums.maxima[r] = masked;
        task.sums.weights[r] = 0;
    }
    for (int64_t i = 0; i < task.n_rows * padded_to_vector(task.kv->v_head_dim); i += 16)
        store(task.sums.values + i, broadcast(0.0f));
}

inline void attend_to_page(const AttentionTask& task, const AttentionBuffers& b, int page)
{
    const int page_position = page * page_tokens;
    const int last_position = task.attention->causal
        ? task.n_past + (task.first_row + task.n_rows - 1) / task.group
        : task.n_positions - 1;
    const int n_keys =
        last_position + 1 - page_position < page_tokens ? last_position + 1 - page_position : page_tokens;
    const int64_t k_width = padded_to_vector(task.kv->k_head_dim);
    const int64_t v_width = padded_to_vector(task.kv->v_head_dim);
    load_keys(b.keys, task, task.pages[page]);
    load_values(b.values, task, task.pages[page], n_keys);
    for (int i = 0; i < task.n_rows * page_tokens; i += 16)
        store(b.scores + i, broadcast(0.0f));
    multiply({.a = b.queries,
              .a_stride = k_width,
              .b = b.keys,
              .b_stride = page_tokens,
              .strip_stride = 16,
              .c = b.scores,
              .c_stride = page_tokens,
              .n_inner = task.kv->k_head_dim},
             task.n_rows, page_tokens / 16);
    for (int r = 0; r < task.n_rows; ++r)
        weigh_row(b.scores + r * page_tokens, task, r, page_position);
    multiply({.a = b.scores,
              .a_stride = page_tokens,
              .b = b.values,
              .b_stride = v_width,
              .strip_stride = 16,
              .c = task.sums.values,
              .c_stride = v_width,
              .n_inner = n_keys},
             task.n_rows, v_width / 16);
}

inline void attend(const AttentionTask& task)
{
    const AttentionBuffers buffers = buffers_of(task);
    load_queries(buffers.queries, task);
    clear_sums(task);
    for (int page = task.first_page; page < task.end_page; ++page)
        attend_to_page(task, buffers, page);
}

inline void merge_attention(const AttentionMerge& m)
{
    float maximum = m.sink ? *m.sink : masked;
    for (int part = 0; part < m.n_parts; ++part) {
        const float other = m.sums.maxima[part * m.part_stride + m.row];
        maximum = other > maximum ? other : maximum;
    }
    Floats weight = m.sink ? exp(broadcast(*m.sink - maximum)) : broadcast(0.0f);
    const int64_t width = padded_to_vector(m.v_head_dim);
    for (int64_t i = 0; i < m.v_head_dim; i += 16) {
        Floats values = broadcast(0.0f);
        for (int part = 0; part < m.n_parts; ++part) {
            const int64_t offset = part * m.part_stride;
            const Floats factor = exp(broadcast(m.sums.maxima[offset + m.row] - maximum));
            values = fma(load(m.sums.values + offset + m.row * width + i), factor, values);
            if (i == 0)
                weight = fma(broadcast(m.sums.weights[offset + m.row]), factor, weight);
        }
        const Floats y = values / weight;
        if (i + 16 <= m.v_head_dim)
            store(m.y + i, y);
        else
            store_first(m.y + i, y, m.v_head_dim - i);
    }
}

} // namespace
} // namespace rocmforge::cpu
