// Softmax attention over the paged cache, by pages with a running maximum (arXiv:2205.14135), so that
// nothing of the size of the context is stored. A workgroup takes some rows (query heads of one KV head,
// of consecutive tokens) and some pages: keys and values are read once for all its rows. Where pages are
// split over workgroups, the one that ends last joins their parts.
#include "kernels/cache_element.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

constexpr int columns_per_thread = max_v_dim / workgroup_threads;
constexpr int rows_at_once = workgroup_threads / page_tokens; ///< of a softmax, one lane per key
constexpr int lanes_per_key = workgroup_threads / page_tokens; ///< of its products with queries

template <int Rows> struct AttentionMemory {
    alignas(16) float q[Rows][max_k_dim]; ///< scaled
    float weights[Rows][page_tokens]; ///< scores first
    float largest[Rows];
    float sums[Rows];
    float corrections[Rows]; ///< on what was summed up before the largest score grew
    int positions[Rows];
    int first_keys[Rows]; ///< positions of the first and the last key that the row sees
    int last_keys[Rows];
    float slopes[Rows];
    float sinks[Rows]; ///< minus infinity = none
    int outputs[Rows]; ///< index among the batch's (token, head) pairs
    bool is_last; ///< of the splits to end
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

/// Rows that the tile does not have are taken for its last one.
template <int Rows>
DEVICE void load_rows(AttentionMemory<Rows>& memory, const AttentionParameters& p, const AttentionTile& tile,
                      int group)
{
    if (thread_index() >= Rows)
        return;
    const int r = thread_index();
    const int row = tile.first_row + minimum(r, tile.n_rows - 1);
    const int head = group_y() * group + row % group;
    memory.largest[r] = -infinity;
    memory.sums[r] = 0;
    const int position = tile.n_past + row / group;
    const int before = p.window == 0 ? position : p.causal ? p.window - 1 : p.window / 2;
    const int after = p.causal ? 0 : p.window == 0 ? tile.n_keys : p.window / 2;
    memory.positions[r] = position;
    memory.first_keys[r] = position - before;
    memory.last_keys[r] = minimum(position + after, tile.n_keys - 1);
    memory.slopes[r] = p.slopes ? p.slopes[head] : 0;
    memory.sinks[r] = p.sinks ? p.sinks[head] : -infinity;
    memory.outputs[r] = (tile.first_token + row / group) * p.n_heads + head;
}

template <int Rows> DEVICE void load_queries(AttentionMemory<Rows>& memory, const AttentionParameters& p)
{
    for (int r = 0; r < Rows; ++r) {
        const float* q = p.q + static_cast<int64_t>(memory.outputs[r]) * p.k_dim;
        for (int d = thread_index(); d < p.k_dim; d += workgroup_threads)
            memory.q[r][d] = q[d] * p.scale;
    }
}

/// The score of a key, at `position`, for a row; minus infinity where the row does not see it.
template <int Rows>
DEVICE inline float visible_score(const AttentionMemory<Rows>& memory, float soft_cap, int row, int key,
                                  int position)
{
    if (position < memory.first_keys[row] || position > memory.last_keys[row])
        return -infinity;
    float score = memory.weights[row][key];
    if (soft_cap > 0)
        score = soft_cap * tanh_of(score / soft_cap);
    const int distance = memory.positions[row] - position;
    return score - memory.slopes[row] * static_cast<float>(distance < 0 ? -distance : distance);
}

/// Consecutive elements of a key.
template <typename Element, int Width> struct KeyElements {
    Element of[Width];

    DEVICE explicit KeyElements(const Element* from)
    {
        load_bytes<Width * sizeof(Element), Width * sizeof(Element)>(of, from);
    }

    /// scores += the products with elements d … of all queries.
    template <int Rows>
    DEVICE void multiply(float (&scores)[Rows], const AttentionMemory<Rows>& memory, int d) const
    {
        constexpr int alignment = Width % 4 == 0 ? 16 : 4;
        for (int r = 0; r < Rows; ++r) {
            float query[Width];
            __builtin_memcpy(query, __builtin_assume_aligned(memory.q[r] + d, alignment), sizeof query);
            for (int i = 0; i < Width; ++i)
                scores[r] += query[i] * to_float(of[i]);
            if (Rows > 4)
                keep_order();
        }
    }
};

/// scores += the products of this lane's share of a key with all queries, two pieces at
/// once where registers allow.
template <int Width, typename Element, int Rows>
DEVICE inline void multiply_key(float (&scores)[Rows], const AttentionMemory<Rows>& memory,
                                const Element* key, int k_dim)
{
    constexpr int step = lanes_per_key * Width;
    int d = thread_index() % lanes_per_key * Width;
    if constexpr (Rows <= 4)
        for (; d + step < k_dim; d += 2 * step) {
            const KeyElements<Element, Width> first(key + d), second(key + d + step);
            first.multiply(scores, memory, d);
            second.multiply(scores, memory, d + step);
        }
    for (; d < k_dim; d += step)
        KeyElements<Element, Width>(key + d).multiply(scores, memory, d);
}

/// memory.weights = the products of a page's keys with the queries.
template <typename Element, int Rows>
DEVICE void multiply_page(AttentionMemory<Rows>& memory, const AttentionParameters& p, const Element* keys)
{
    constexpr int width = 16 / sizeof(Element); ///< elements that a lane loads at once
    const int k = thread_index() / lanes_per_key;
    const Element* key = keys + k * p.k_dim;
    float scores[Rows] = {};
    if (p.k_dim % width == 0)
        multiply_key<width>(scores, memory, key, p.k_dim);
    else
        multiply_key<1>(scores, memory, key, p.k_dim);
    for (int r = 0; r < Rows; ++r) {
        const float score = lanes_sum<lanes_per_key>(scores[r]);
        if (thread_index() % lanes_per_key == 0)
            memory.weights[r][k] = score;
    }
}

/// Turns the products of queries with a page's keys into weights relative to the largest score so far.
template <int Rows> DEVICE void weigh_page(AttentionMemory<Rows>& memory, float soft_cap, int first_key)
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

/// How a workgroup's threads share a row of values: `width` of them have a column each, the others go
/// on with the next keys.
struct ValueThreads {
    int width;
    int n_groups;

    DEVICE explicit ValueThreads(int v_dim)
    {
        width = 32;
        while (width < v_dim && width < workgroup_threads)
            width *= 2;
        n_groups = workgroup_threads / width;
    }
    DEVICE int group() const { return thread_index() / width; }
    DEVICE int column() const { return thread_index() % width; }
};

/// A column's elements of some keys of a page, those of one group of threads: every n_groups-th from
/// `first` on. Keys that nobody sees are like the last one seen.
template <typename Element, int N> struct ValueColumn {
    Element of[N];

    DEVICE ValueColumn(const AttentionParameters& p, const ValueThreads& threads, const Element* values,
                       int d, int first, int end)
    {
        for (int i = 0; i < N; ++i)
            of[i] = values[minimum(first + i * threads.n_groups, end - 1) * p.v_dim + d];
    }
};

/// The part of the values' sum that one thread keeps: columns d, d + workgroup_threads … of each row.
template <int Rows> struct ValueSums {
    static constexpr int at_once = Rows > 4 ? 4 : 8; ///< keys that are asked for, as registers allow
    float of[columns_per_thread][Rows] = {};

    /// `begun`: the first keys of the first column, asked for before their weights were known.
    template <typename Element>
    DEVICE void add_page(const AttentionMemory<Rows>& memory, const AttentionParameters& p,
                         const ValueThreads& threads, const Element* values, int end,
                         const ValueColumn<Element, at_once>& begun)
    {
        const int step = at_once * threads.n_groups;
#pragma unroll
        for (int c = 0; c < columns_per_thread; ++c) {
            const int d = threads.column() + c * workgroup_threads;
            if (d >= p.v_dim)
                break;
            for (int r = 0; r < Rows; ++r)
                of[c][r] *= memory.corrections[r];
            for (int first = threads.group(); first < end; first += step) {
                if (c == 0 && first < step)
                    add_keys(memory, threads, begun, c, first);
                else
                    add_keys(memory, threads,
                             ValueColumn<Element, at_once>(p, threads, values, d, first, end), c, first);
            }
        }
    }

    template <typename Element>
    DEVICE void add_keys(const AttentionMemory<Rows>& memory, const ValueThreads& threads,
                         const ValueColumn<Element, at_once>& values, int c, int first)
    {
#pragma unroll
        for (int i = 0; i < at_once; ++i) {
            if (i * threads.n_groups >= page_tokens) // the others have these
                break;
            for (int r = 0; r < Rows; ++r)
                of[c][r] += memory.weights[r][first + i * threads.n_groups] * to_float(values.of[i]);
        }
    }

    /// Leaves them to all threads, in the queries' place.
    DEVICE void share_out(AttentionMemory<Rows>& memory) const
    {
        static_assert(columns_per_thread * workgroup_threads <= max_k_dim);
#pragma unroll
        for (int c = 0; c < columns_per_thread; ++c)
            for (int r = 0; r < Rows; ++r)
                memory.q[r][thread_index() + c * workgroup_threads] = of[c][r];
        barrier();
    }
};

/// Of all groups of threads, after ValueSums::share_out().
template <int Rows>
DEVICE inline float value_sum(const AttentionMemory<Rows>& memory, const ValueThreads& threads, int row,
                              int d)
{
    float sum = 0;
    for (int g = 0; g < threads.n_groups; ++g)
        sum += memory.q[row][g * threads.width + d];
    return sum;
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

template <int Rows>
DEVICE inline void store_row(const AttentionMemory<Rows>& memory, const AttentionParameters& p,
                             int64_t output, int row, const ValueThreads& threads, bool exists)
{
    const float factor = share(memory.largest[row], memory.sums[row], memory.sinks[row]);
    for (int d = threads.column(); d - threads.column() < p.v_dim; d += threads.width) {
        const bool stored = exists && d < p.v_dim;
        store_output(p, output, d, stored ? value_sum(memory, threads, row, d) * factor : 0, stored);
    }
}

/// As store_row(), of one split: sums to be joined with those of the others.
template <int Rows>
DEVICE inline void store_part(const AttentionMemory<Rows>& memory, const AttentionParameters& p,
                              int64_t output, int row, const ValueThreads& threads)
{
    float* to = p.partial + (group_z() * p.n_outputs + output) * (p.v_dim + 2);
    for (int d = threads.column(); d < p.v_dim; d += threads.width)
        to[d] = value_sum(memory, threads, row, d);
    if (threads.column() == 0) {
        to[p.v_dim] = memory.largest[row];
        to[p.v_dim + 1] = memory.sums[row];
    }
}

/// Whether all other splits of this tile have stored their parts.
template <int Rows> DEVICE bool is_last_split(AttentionMemory<Rows>& memory, const AttentionParameters& p)
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
template <int Rows>
DEVICE inline void store_tile(AttentionMemory<Rows>& memory, const AttentionParameters& p, int n_rows)
{
    const ValueThreads threads(p.v_dim);
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
    auto& memory = local_memory<AttentionMemory<Rows>>();
    const AttentionTile tile = p.tiles[group_x()];
    const int group = p.n_heads / p.n_kv_heads;
    const KeyRange range = visible_keys(p, tile, group);
    const int first_page = range.begin / page_tokens;
    const int n_pages = (range.end + page_tokens - 1) / page_tokens - first_page;
    const int begin = first_page + n_pages * group_z() / p.n_splits;
    const int end = first_page + n_pages * (group_z() + 1) / p.n_splits;

    load_rows(memory, p, tile, group);
    barrier();
    load_queries(memory, p);
    barrier();
    const ValueThreads threads(p.v_dim);
    ValueSums<Rows> sums;
    for (int page = begin; page < end; ++page) {
        const int64_t row =
            (static_cast<int64_t>(p.pages[tile.pages + page]) * p.n_kv_heads + group_y()) * page_tokens;
        const int first_key = page * page_tokens;
        const int n_keys = minimum(range.end - first_key, page_tokens);
        const Element* values = static_cast<const Element*>(p.v_cache) + row * p.v_dim;
        const ValueColumn<Element, ValueSums<Rows>::at_once> begun(
            p, threads, values, minimum(threads.column(), p.v_dim - 1), threads.group(), n_keys);
        multiply_page(memory, p, static_cast<const Element*>(p.k_cache) + row * p.k_dim);
        barrier();
        weigh_page(memory, p.soft_cap, first_key);
        barrier();
        sums.add_page(memory, p, threads, values, n_keys, begun);
        barrier();
    }
    sums.share_out(memory);
    store_tile(memory, read_again(p), tile.n_rows);
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

} // namespace rocmforge::device
