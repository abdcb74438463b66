// The products of queries with a page's keys.
#pragma once

#include "kernels/attention_memory.h"
#include "kernels/cache_element.h"

namespace rocmforge::device {

constexpr int lanes_per_key = workgroup_threads / page_tokens;

/// Consecutive elements of a key.
template <typename Element, int Width> struct KeyElements {
    alignas(Width * sizeof(Element)) Element of[Width];

    DEVICE KeyElements(const CachedHead<const Element>& keys, int key, int d)
    {
        load_bytes<Width * sizeof(Element), Width * sizeof(Element)>(of, keys.row(key) + d);
    }
    /// + the product with as many of a query.
    DEVICE float multiply(const float (&query)[Width], float score) const
    {
        for (int i = 0; i < Width; ++i)
            score += query[i] * to_float(of[i]);
        return score;
    }
};

/// Of one block.
template <int Width> struct KeyElements<Code, Width> {
    alignas(16) int codes[Width / 4];
    float scale;

    DEVICE KeyElements(const CachedHead<const Code>& keys, int key, int d)
        : scale(half_to_float(keys.scales_of(d)[key]))
    {
        load_codes<Width>(codes, keys.row(key) + d);
    }
    DEVICE float multiply(const float (&query)[Width], float score) const
    {
        float product = 0;
        for (int i = 0; i < Width; ++i)
            product += query[i] * code_of(codes[i / 4], i % 4);
        return score + product * scale;
    }
};

/// scores += the products of a key's elements d … with those of all queries.
template <typename Element, int Width, int Rows, int Columns>
DEVICE inline void multiply_elements(float (&scores)[Rows], const AttentionMemory<Rows, Columns>& memory,
                                     const KeyElements<Element, Width>& key, int d)
{
    constexpr int alignment = Width % 4 == 0 ? 16 : 4;
    for (int r = 0; r < Rows; ++r) {
        float query[Width];
        __builtin_memcpy(query, __builtin_assume_aligned(memory.q[r] + d, alignment), sizeof query);
        scores[r] = key.multiply(query, scores[r]);
        if (Rows > 4 || Rows * Width > 32)
            keep_order();
    }
}

/// scores += the products of this lane's share of a key with all queries, two pieces at
/// once where registers allow.
template <int Width, typename Element, int Rows, int Columns>
DEVICE inline void multiply_pieces(float (&scores)[Rows], const AttentionMemory<Rows, Columns>& memory,
                                   const CachedHead<const Element>& keys, int key)
{
    using Piece = KeyElements<Element, Width>;
    constexpr int step = lanes_per_key * Width;
    int d = thread_index() % lanes_per_key * Width;
    if constexpr (Rows <= 4 && Width <= 8)
        for (; d + step < keys.width; d += 2 * step) {
            const Piece first(keys, key, d), second(keys, key, d + step);
            multiply_elements(scores, memory, first, d);
            multiply_elements(scores, memory, second, d + step);
        }
    for (; d < keys.width; d += step)
        multiply_elements(scores, memory, Piece(keys, key, d), d);
}

/// In the widest loads that rows of this width allow.
template <typename Element, int Rows, int Columns>
DEVICE inline void multiply_key(float (&scores)[Rows], const AttentionMemory<Rows, Columns>& memory,
                                const CachedHead<const Element>& keys, int key)
{
    constexpr int width = 16 / sizeof(Element);
    if (keys.width % width == 0)
        multiply_pieces<width>(scores, memory, keys, key);
    else
        multiply_pieces<1>(scores, memory, keys, key);
}

/// As wide as all lanes still have a piece.
template <int Rows, int Columns>
DEVICE inline void multiply_key(float (&scores)[Rows], const AttentionMemory<Rows, Columns>& memory,
                                const CachedHead<const Code>& keys, int key)
{
    if (keys.width > lanes_per_key * 8)
        multiply_pieces<16>(scores, memory, keys, key);
    else
        multiply_pieces<8>(scores, memory, keys, key);
}

/// memory.weights = the products of a page's keys with the queries.
template <typename Element, int Rows, int Columns>
DEVICE void multiply_page(AttentionMemory<Rows, Columns>& memory, const CachedHead<const Element>& keys)
{
    const int key = thread_index() / lanes_per_key;
    float scores[Rows] = {};
    multiply_key(scores, memory, keys, key);
    for (int r = 0; r < Rows; ++r) {
        const float score = lanes_sum<lanes_per_key>(scores[r]);
        if (thread_index() % lanes_per_key == 0)
            memory.weights[r][key] = score;
    }
}

} // namespace rocmforge::device
