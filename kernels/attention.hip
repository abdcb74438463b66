// Softmax attention over the paged cache, by pages with a running maximum (arXiv:2205.14135), so that
// nothing of the size of the context is stored. A workgroup takes some rows (query heads of one KV head,
// of consecutive tokens) and some pages: keys and values are read once for all its rows. Where pages are
// split over workgroups, the one that ends last joins their parts.
#include "kernels/attention_keys.h"
#include "kernels/attention_output.h"

namespace rocmforge::device {

constexpr int rows_at_once = workgroup_threads / page_tokens; ///< of a softmax, one lane per key

/// Turns the products of queries with a page's keys into weights relative to the largest score so far.
template <int Rows, int Columns>
DEVICE void weigh_page(AttentionMemory<Rows, Columns>& memory, float soft_cap, int first_key)
{
    const int key = thread_index() % page_tokens;
    for (int first = 0; first < Rows; first += rows_at_once) {
        const int r = first + thread_index() / page_tokens;
        const bool exists = r < Rows; // all lanes of a wave take part in its sums
        const float score = exists
            ? visible_score(memory.rows[r], soft_cap, memory.weights[r][key], first_key + key)
            : -infinity;
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

template <int Rows, int Columns>
DEVICE inline void store_row(const AttentionMemory<Rows, Columns>& memory, const AttentionParameters& p,
                             int64_t output, int row, const ValueThreads& threads, bool exists)
{
    const float factor = share(memory.largest[row], memory.sums[row], memory.rows[row].sink);
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
    float* to = part_of(p, output);
    for (int d = threads.column(); d < p.v_dim; d += threads.width)
        to[d] = value_sum(memory, p.v_dim, row, d);
    if (threads.column() == 0) {
        to[p.v_dim] = memory.largest[row];
        to[p.v_dim + 1] = memory.sums[row];
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
            store_row(memory, p, memory.rows[row].output, row, threads, exists);
        else if (exists)
            store_part(memory, p, memory.rows[row].output, row, threads);
    }
    if (!is_split || !is_last_split(memory.is_last, p))
        return;
    for (int first = 0; first < n_rows; first += threads.n_groups) {
        const int row = minimum(first + threads.group(), n_rows - 1);
        join_parts(p, memory.rows[row].output, memory.rows[row].sink, threads,
                   first + threads.group() < n_rows);
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
    const PageRange pages = own_pages(range, p.n_splits);

    load_rows(memory, p, tile, group);
    barrier();
    load_queries(memory, p, Head(p.k_cache, 0, p.k_dim).width);
    barrier();
    const ValueThreads threads(p.v_dim, Sums::columns);
    Sums sums;
    for (int page = pages.begin; page < pages.end; ++page) {
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
