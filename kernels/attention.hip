// Softmax attention over the paged cache, by pages with a running maximum (arXiv:2205.14135), so that
// nothing of the size of the context is stored. A workgroup takes some rows (query heads of one KV head,
// of consecutive tokens) and some pages: keys and values are read once for all its rows. Where pages are
// split over workgroups, the one that ends last joins their parts.
#include "kernels/cache_element.h"
#include "kernels/rounding.h"

namespace rocmforge::device {

constexpr int columns_per_thread = max_v_dim / workgroup_threads;
constexpr int rows_at_once = workgroup_threads / page_tokens; ///< of a softmax, one lane per key
constexpr int values_at_once = 4; ///< that a thread asks for
constexpr int lanes_per_key = workgroup_threads / page_tokens; ///< of its products with queries

template <int Rows> struct AttentionMemory {
    float q[Rows][max_k_dim]; ///< scaled
    float weights[Rows][page_tokens]; ///< scores first
    float largest[Rows];
    float sums[Rows];
    float corrections[Rows]; ///< on what was summed up before the largest score grew
    int positions[Rows];
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

/// `distance` positions after the key.
DEVICE inline bool is_visible(const AttentionParameters& p, int distance)
{
    if (p.causal)
        return distance >= 0 && (p.window == 0 || distance < p.window);
    return p.window == 0 || (distance <= p.window / 2 && -distance <= p.window / 2);
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
    memory.positions[r] = tile.n_past + row / group;
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

/// The score of a key for a row, minus infinity where the row does not see it.
template <int Rows>
DEVICE inline float visible_score(const AttentionMemory<Rows>& memory, const AttentionParameters& p, int row,
                                  int key, int first_key)
{
    const int distance = memory.positions[row] - (first_key + key);
    if (!is_visible(p, distance))
        return -infinity;
    float score = memory.weights[row][key];
    if (p.soft_cap > 0)
        score = p.soft_cap * tanh_of(score / p.soft_cap);
    return score - memory.slopes[row] * static_cast<float>(distance < 0 ? -distance : distance);
}

/// scores += the products of elements d … d + Width - 1 of a key with those of all queries.
template <int Width, typename Element, int Rows>
DEVICE inline void multiply_elements(float (&scores)[Rows], const AttentionMemory<Rows>& memory,
                                     const Element* key, int d)
{
    Element elements[Width];
    load_bytes<Width * sizeof(Element), Width * sizeof(Element)>(elements, key + d);
    for (int r = 0; r < Rows; ++r) {
        for (int i = 0; i < Width; ++i)
            scores[r] += memory.q[r][d + i] * to_float(elements[i]);
        if (Rows > 4)
            keep_order();
    }
}

/// memory.weights = the products of a page's keys with the queries.
template <typename Element, int Rows>
DEVICE void multiply_page(AttentionMemory<Rows>& memory, const AttentionParameters& p, const Element* keys)
{
    constexpr int width = 16 / sizeof(Element); ///< elements that a lane loads at once
    const int k = thread_index() / lanes_per_key, lane = thread_index() % lanes_per_key;
    const Element* key = keys + k * p.k_dim;
    float scores[Rows] = {};
    if (p.k_dim % width == 0) {
        for (int d = lane * width; d < p.k_dim; d += lanes_per_key * width)
            multiply_elements<width>(scores, memory, key, d);
    } else {
        for (int d = lane; d < p.k_dim; d += lanes_per_key)
            multiply_elements<1>(scores, memory, key, d);
    }
    for (int r = 0; r < Rows; ++r) {
        const float score = lanes_sum<lanes_per_key>(scores[r]);
        if (thread_index() % lanes_per_key == 0)
            memory.weights[r][k] = score;
    }
}

/// Turns the products of queries with a page's keys into weights relative to the largest score so far.
template <int Rows>
DEVICE void weigh_page(AttentionMemory<Rows>& memory, const AttentionParameters& p, int first_key, int n_keys)
{
    const int key = thread_index() % page_tokens;
    for (int first = 0; first < Rows; first += rows_at_once) {
        const int r = first + thread_index() / page_tokens;
        const bool exists = r < Rows; // all lanes of a wave take part in its sums
        const bool visible = exists && first_key + key < n_keys;
        const float score = visible ? visible_score(memory, p, r, key, first_key) : -infinity;
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

/// The part of the values' sum that one thread keeps: columns d, d + workgroup_threads … of each row.
template <int Rows> struct ValueSums {
    float of[columns_per_thread][Rows] = {};

    template <typename Element>
    DEVICE void add_page(const AttentionMemory<Rows>& memory, const AttentionParameters& p,
                         const ValueThreads& threads, const Element* values, int begin, int end)
    {
        for (int c = 0; c < columns_per_thread; ++c) {
            const int d = threads.column() + c * workgroup_threads;
            if (d >= p.v_dim)
                break;
            for (int r = 0; r < Rows; ++r)
                of[c][r] *= memory.corrections[r];
            int k = begin + threads.group();
            for (; k + (values_at_once - 1) * threads.n_groups < end; k += values_at_once * threads.n_groups)
                add_keys<values_at_once>(memory, values + d, c, k, threads.n_groups, p.v_dim);
            for (; k < end; k += threads.n_groups)
                add_keys<1>(memory, values + d, c, k, threads.n_groups, p.v_dim);
        }
    }

    /// Every step-th key from `first` on, asked for at once.
    template <int N, typename Element>
    DEVICE void add_keys(const AttentionMemory<Rows>& memory, const Element* values, int c, int first,
                         int step, int v_dim)
    {
        Element own[N];
        for (int i = 0; i < N; ++i)
            own[i] = values[(first + i * step) * v_dim];
        for (int i = 0; i < N; ++i)
            for (int r = 0; r < Rows; ++r)
                of[c][r] += memory.weights[r][first + i * step] * to_float(own[i]);
    }

    /// Leaves them to all threads, in the queries' place.
    DEVICE void share_out(AttentionMemory<Rows>& memory) const
    {
        static_assert(columns_per_thread * workgroup_threads <= max_k_dim);
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
        multiply_page(memory, p, static_cast<const Element*>(p.k_cache) + row * p.k_dim);
        barrier();
        weigh_page(memory, p, first_key, tile.n_keys);
        barrier();
        sums.add_page(memory, p, threads, static_cast<const Element*>(p.v_cache) + row * p.v_dim,
                      maximum(range.begin - first_key, 0), minimum(range.end - first_key, page_tokens));
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
