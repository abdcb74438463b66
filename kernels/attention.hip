// Softmax attention over the paged cache, by pages with a running maximum (arXiv:2205.14135), so that
// nothing of the size of the context is stored. A workgroup takes some rows (query heads of one KV head,
// of consecutive tokens) and some pages: keys and values are read once for all its rows. Where pages are
// split over workgroups, the one that ends last joins their parts.
#include "kernels/attention_keys.h"
#include "kernels/attention_values.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

constexpr int rows_at_once = workgroup_threads / page_tokens; ///< of a softmax, one lane per key

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

/// The score of a key, at `position`, for a row; minus infinity where the row does not see it.
template <int Rows, int Columns>
DEVICE inline float visible_score(const AttentionMemory<Rows, Columns>& memory, float soft_cap, int row,
                                  int key, int position)
{
    if (position < memory.first_keys[row] || position > memory.last_keys[row])
        return -infinity;
    float score = memory.weights[row][key];
    if (soft_cap > 0)
        score = soft_cap * tanh_of(score / soft_cap);
    const int distance = memory.positions[row] - position;
    return score - memory.slopes[row] * static_cast<float>(distance < 0 ? -distance : distance);
}

/// Turns the products of queries with a page's keys into weights relative to the largest score so far.
template <int Rows, int Columns>
DEVICE void weigh_page(AttentionMemory<Rows, Columns>& memory, float soft_cap, int first_key)
{
    const int key = thread_index() % page_tokens;
    for (int first = 0; first < Rows; first += rows_at_once) {
        const int r = first + thread_index() / page_tokens;
        const bool exists = r < Rows; // all lanes of a wave take part in its sums
        const float score = exists ? visible_score(memory, soft_cap, r, key, first_key + key) : -infinity;
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

/// The factor that makes a sum of weighted values their mean; the sink is one more score without a value.
DEVICE inline float share(float largest, float sum, float sink)
{
    const float m = maximum(largest, sink);
    const float scaled = exp_of(largest - m);
    return scaled / (sum * scaled + exp_of(sink - m));
}

/// Stores element d of an output, and rounds it where that is wanted. Lanes in a group of 32 have
/// consecutive elements of the same output; all lanes of a wave take part.
DEVICE inline void store_output(const AttentionParameters& p, int64_t output, int d, float value, bool exists)
{
    const int64_t i = output * p.v_dim + d;
    if (exists)
        p.y[i] = value;
    if (p.rounded.codes)
        round_lanes(p.rounded, i, exists ? value : 0, exists);
}

template <int Rows, int Columns>
DEVICE inline void store_row(const AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                             int64_t output, int row, const ValueThreads& threads, bool exists)
{
    const float factor = share(memory.largest[row], memory.sums[row], memory.sinks[row]);
    for (int d = threads.column(); d - threads.column() < p.v_dim; d += threads.width) {
        const bool stored = exists && d < p.v_dim;
        store_output(p, output, d, stored ? value_sum(memory, p.v_dim, row, d) * factor : 0, stored);
    }
}

/// As store_row(), of one split: sums to be joined with those of the others.
template <int Rows, int Columns>
DEVICE inline void store_part(const AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                              int64_t output, int row, const ValueThreads& threads)
{
    float* to = p.partial + (group_z() * p.n_outputs + output) * (p.v_dim + 2);
    for (int d = threads.column(); d < p.v_dim; d += threads.width)
        to[d] = value_sum(memory, p.v_dim, row, d);
    if (threads.column() == 0) {
        to[p.v_dim] = memory.largest[row];
        to[p.v_dim + 1] = memory.sums[row];
    }
}

/// Whether all other splits of this tile have stored their parts.
template <int Rows, int Columns>
DEVICE bool is_last_split(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p)
{
    int* finished = p.finished + group_x() * p.n_kv_heads + group_y();
    publish_stores();
    barrier();
    if (thread_index() == 0) {
        memory.is_last = fetch_add(finished, 1) == p.n_splits - 1;
        if (memory.is_last)
            *finished = 0;
    }
    barrier();
    see_stores();
    return memory.is_last;
}

/// Joins the parts of a row.
DEVICE inline void join_parts(const AttentionParameters& p, int64_t output, float sink,
                              const ValueThreads& threads, bool exists)
{
    const int64_t stride = p.n_outputs * (p.v_dim + 2);
    const float* parts = p.partial + output * (p.v_dim + 2);
    float largest = -infinity;
    for (int s = 0; s < p.n_splits; ++s)
        largest = maximum(largest, parts[s * stride + p.v_dim]);
    float sum = 0;
    for (int s = 0; s < p.n_splits; ++s)
        sum += parts[s * stride + p.v_dim + 1] * exp_of(parts[s * stride + p.v_dim] - largest);
    const float factor = share(largest, sum, sink);
    for (int d = threads.column(); d - threads.column() < p.v_dim; d += threads.width) {
        float y = 0;
        for (int s = 0; s < p.n_splits && d < p.v_dim; ++s)
            y += parts[s * stride + d] * exp_of(parts[s * stride + p.v_dim] - largest);
        store_output(p, output, d, y * factor, exists && d < p.v_dim);
    }
}

/// The tile's results, or its share in them and, by the last split, all of them. A row per group of threads.
template <int Rows, int Columns>
DEVICE inline void store_tile(AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                              int n_rows)
{
    const ValueThreads threads(p.v_dim, 1);
    const bool is_split = p.n_splits > 1;
    for (int first = 0; first < n_rows; first += threads.n_groups) {
        const int row = minimum(first + threads.group(), n_rows - 1);
        const bool exists = first + threads.group() < n_rows;
        if (!is_split)
            store_row(memory, p, memory.outputs[row], row, threads, exists);
        else if (exists)
            store_part(memory, p, memory.outputs[row], row, threads);
    }
    if (!is_split || !is_last_split(memory, p))
        return;
    for (int first = 0; first < n_rows; first += threads.n_groups) {
        const int row = minimum(first + threads.group(), n_rows - 1);
        join_parts(p, memory.outputs[row], memory.sinks[row], threads, first + threads.group() < n_rows);
    }
}

template <typename Element, int Rows> DEVICE void attention(const AttentionParameters& p)
{
    using Sums = ValueSums<Element, Rows>;
    using Head = CachedHead<const Element>;
    auto& memory = local_memory<typename Sums::Memory>();
    const AttentionTile tile = p.tiles[group_x()];
    const int group = p.n_heads / p.n_kv_heads;
    const KeyRange range = visible_keys(p, tile, group);
    const int first_page = range.begin / page_tokens;
    const int n_pages = (range.end + page_tokens - 1) / page_tokens - first_page;
    const int begin = first_page + n_pages * group_z() / p.n_splits;
    const int end = first_page + n_pages * (group_z() + 1) / p.n_splits;

    load_rows(memory, p, tile, group);
    barrier();
    load_queries(memory, p, Head(p.k_cache, 0, p.k_dim).width);
    barrier();
    const ValueThreads threads(p.v_dim, Sums::columns);
    Sums sums;
    for (int page = begin; page < end; ++page) {
        const int64_t head = static_cast<int64_t>(p.pages[tile.pages + page]) * p.n_kv_heads + group_y();
        const int first_key = page * page_tokens;
        const int n_keys = minimum(range.end - first_key, page_tokens);
        const Head values(p.v_cache, head, p.v_dim);
        const auto begun = Sums::begin_page(threads, values, n_keys);
        multiply_page(memory, Head(p.k_cache, head, p.k_dim));
        barrier();
        weigh_page(memory, p.soft_cap, first_key);
        barrier();
        sums.add_page(memory, threads, values, n_keys, begun);
        barrier();
    }
    sums.share_out(memory);
    store_tile(memory, read_again(p), tile.n_rows);
}

#define ATTENTION_KERNELS(name, Element)                                                                     \
    KERNEL(attention_##name##_1, AttentionParameters, workgroup_threads)                                     \
    {                                                                                                        \
        attention<Element, 1>(p);                                                                            \
    }                                                                                                        \
    KERNEL(attention_##name##_4, AttentionParameters, workgroup_threads)                                     \
    {                                                                                                        \
        attention<Element, 4>(p);                                                                            \
    }                                                                                                        \
    KERNEL(attention_##name##_16, AttentionParameters, workgroup_threads)                                    \
    {                                                                                                        \
        attention<Element, 16>(p);                                                                           \
    }
ATTENTION_KERNELS(f32, float)
ATTENTION_KERNELS(f16, Half)
ATTENTION_KERNELS(q8_0, Code)

} // namespace rocmforge::device
