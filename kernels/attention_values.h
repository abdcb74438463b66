// The sums of a page's values, weighted.
#pragma once

#include "kernels/attention_memory.h"
#include "kernels/cache_element.h"

namespace rocmforge::device {

/// Consecutive elements of a value that a thread takes: codes share a load, as registers allow.
template <typename Element, int Rows> constexpr int value_columns = 1;
template <int Rows> constexpr int value_columns<Code, Rows> = Rows > 4 ? 2 : 4;

/// Keys whose values a thread asks for at once, as registers allow.
template <typename Element, int Rows> constexpr int values_at_once = Rows > 4 ? 4 : 8;
template <int Rows> constexpr int values_at_once<Code, Rows> = 4;

/// How a workgroup's threads share a page's values: `width` of them have the columns of one, `keys` after
/// each other; the others go on with the next keys.
struct ValueThreads {
    int width;
    int n_groups;
    int keys; ///< of a group: at least 4

    DEVICE ValueThreads(int v_dim, int columns)
    {
        width = 32;
        while (width * columns < v_dim && width < workgroup_threads)
            width *= 2;
        n_groups = workgroup_threads / width;
        keys = page_tokens / n_groups;
    }
    DEVICE int group() const { return thread_index() / width; }
    DEVICE int column() const { return thread_index() % width; }
    DEVICE int first_key() const { return group() * keys; }
};

/// Elements d … of the values of N keys from `first` on, of which those before `end` are seen.
template <typename Element, int Columns, int N> struct ValueElements {
    static_assert(Columns == 1);
    Element of[N];

    DEVICE ValueElements(const CachedHead<const Element>& values, int d, int first, int end)
    {
        for (int i = 0; i < N; ++i)
            of[i] = values.rows[minimum(first + i, end - 1) * values.width + d];
    }
    DEVICE float get(int i, int) const { return to_float(of[i]); }
};

/// What lies where no key is seen may be no number: its codes are, and its scale is taken for 0.
template <int Columns, int N> struct ValueElements<Code, Columns, N> {
    int codes[N][1];
    alignas(2 * N) Half scales[N];

    DEVICE ValueElements(const CachedHead<const Code>& values, int d, int first, int end)
    {
        for (int i = 0; i < N; ++i)
            load_codes<Columns>(codes[i], values.row(first + i) + d);
        load_bytes<2 * N, 2 * N>(scales, values.scales_of(d) + first);
        for (int i = 0; i < N; ++i)
            scales[i] = first + i < end ? scales[i] : Half{0};
    }
    DEVICE float get(int i, int column) const
    {
        return code_of(codes[i][0], column) * half_to_float(scales[i]);
    }
};

/// The part of the values' sum that one thread keeps: of each row some consecutive columns, and
/// where rows are longer than all threads' columns, as many later.
template <typename Element, int Rows> struct ValueSums {
    static constexpr int columns = value_columns<Element, Rows>;
    static constexpr int stride = workgroup_threads * columns;
    static constexpr int pieces = max_v_dim > stride ? max_v_dim / stride : 1;
    static constexpr int at_once = values_at_once<Element, Rows>;
    using Memory = AttentionMemory<Rows, columns>;
    using Elements = ValueElements<Element, columns, at_once>;

    float of[pieces][columns][Rows] = {};

    /// The first keys of the first column, to be asked for before their weights are known.
    static DEVICE Elements begin_page(const ValueThreads& threads, const CachedHead<const Element>& values,
                                      int end)
    {
        const int d = minimum(threads.column() * columns, values.width - columns);
        return Elements(values, d, threads.first_key(), end);
    }

    DEVICE void add_page(const Memory& memory, const ValueThreads& threads,
                         const CachedHead<const Element>& values, int end, const Elements& begun)
    {
        const int begin = threads.first_key();
        const int last = minimum(begin + threads.keys, end);
#pragma unroll
        for (int piece = 0; piece < pieces; ++piece) {
            const int d = threads.column() * columns + piece * stride;
            if (d >= values.width)
                break;
            for (int c = 0; c < columns; ++c)
                for (int r = 0; r < Rows; ++r)
                    of[piece][c][r] *= memory.corrections[r];
            for (int first = begin; first < last; first += at_once) {
                if (piece == 0 && first == begin)
                    add_keys(memory, threads, begun, piece, first);
                else
                    add_keys(memory, threads, Elements(values, d, first, end), piece, first);
            }
        }
    }

    /// Weights are read four at a time.
    DEVICE void add_keys(const Memory& memory, const ValueThreads& threads, const Elements& values, int piece,
                         int first)
    {
#pragma unroll
        for (int i = 0; i < at_once; i += 4) {
            if (i >= threads.keys) // the others have these
                break;
            float value[4][columns];
            for (int k = 0; k < 4; ++k)
                for (int c = 0; c < columns; ++c)
                    value[k][c] = values.get(i + k, c);
            for (int r = 0; r < Rows; ++r) {
                float weights[4];
                __builtin_memcpy(weights, __builtin_assume_aligned(memory.weights[r] + first + i, 16),
                                 sizeof weights);
                for (int k = 0; k < 4; ++k)
                    for (int c = 0; c < columns; ++c)
                        of[piece][c][r] += weights[k] * value[k][c];
                if (Rows > 4)
                    keep_order();
            }
        }
    }

    /// Leaves them to all threads, in the queries' place.
    DEVICE void share_out(Memory& memory) const
    {
        static_assert(pieces * stride * sizeof(float) <= sizeof(memory.q[0]));
#pragma unroll
        for (int piece = 0; piece < pieces; ++piece)
            for (int c = 0; c < columns; ++c)
                for (int r = 0; r < Rows; ++r)
                    memory.q[r][thread_index() * columns + c + piece * stride] = of[piece][c][r];
        barrier();
    }
};

/// Element d of all groups' sums, after ValueSums::share_out().
template <int Rows, int Columns>
DEVICE inline float value_sum(const AttentionMemory<Rows, Columns>& memory, int v_dim, int row, int d)
{
    const ValueThreads summed(v_dim, Columns);
    float sum = 0;
    for (int g = 0; g < summed.n_groups; ++g)
        sum += memory.q[row][g * summed.width * Columns + d];
    return sum;
}

} // namespace rocmforge::device
