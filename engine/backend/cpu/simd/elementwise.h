// Everything that touches each activation once: norms, quantization, rotation, gates, sums.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/math.h"

#include <math.h>

namespace rocmforge::cpu {
namespace {

/// Calls f(offset, lanes) for whole vectors of 16 and once for what is left.
template <typename F> ROCMFORGE_INLINE void for_each_vector(int64_t n, F f)
{
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        f(i, [](const float* p) { return load(p); }, [](float* p, Floats a) { store(p, a); });
    if (const int64_t rest = n - i; rest > 0)
        f(
            i, [rest](const float* p) { return load_first(p, rest); },
            [rest](float* p, Floats a) { store_first(p, a, rest); });
}

inline float mean_of(const float* x, int64_t n)
{
    Floats total = broadcast(0.0f);
    for_each_vector(n, [&](int64_t i, auto get, auto) { total = total + get(x + i); });
    return sum(total) / static_cast<float>(n);
}

inline float mean_square(const float* x, int64_t n)
{
    Floats total = broadcast(0.0f);
    for_each_vector(n, [&](int64_t i, auto get, auto) {
        const Floats value = get(x + i);
        total = fma(value, value, total);
    });
    return sum(total) / static_cast<float>(n);
}

/// y = (x - mean) · factor · weight + bias
inline void scale_row(float* y, const float* x, float mean, float factor, const Norm& norm, int64_t n)
{
    for_each_vector(n, [&](int64_t i, auto get, auto put) {
        Floats value = (get(x + i) - broadcast(mean)) * broadcast(factor);
        if (norm.weight)
            value = value * get(norm.weight + i);
        if (norm.bias)
            value = value + get(norm.bias + i);
        put(y + i, value);
    });
}

inline void norm_row(float* y, const float* x, const Norm& norm, int64_t n)
{
    const float mean = norm.kind == NormKind::layer ? mean_of(x, n) : 0.0f;
    if (norm.kind == NormKind::layer) { // centred first: the difference of squares would lose digits
        scale_row(y, x, mean, 1.0f, {}, n);
        x = y;
    }
    scale_row(y, x, 0.0f, 1.0f / ::sqrtf(mean_square(x, n) + norm.eps), norm, n);
}

inline int sum_of_octet(const int8_t* codes)
{
    int sum = 0;
    for (int i = 0; i < 8; ++i)
        sum += codes[i];
    return sum;
}

inline void quantize_block(QuantizedBlock& block, const float* x)
{
    const Floats first = load(x);
    const Floats second = load(x + 16);
    const float amplitude = largest(max(abs(first), abs(second)));
    const Floats inverse = broadcast(amplitude > 1e-30f ? 127.0f / amplitude : 0.0f);
    const Ints codes[] = {to_ints(first * inverse), to_ints(second * inverse)};
    store_as_bytes(block.codes, codes[0]);
    store_as_bytes(block.codes + 16, codes[1]);
    for (int octet = 0; octet < 4; ++octet)
        block.twice_octet_sums[octet] = static_cast<int16_t>(2 * sum_of_octet(block.codes + 8 * octet));
    const int half_sums[] = {(block.twice_octet_sums[0] + block.twice_octet_sums[1]) / 2,
                             (block.twice_octet_sums[2] + block.twice_octet_sums[3]) / 2};
    block.minus_code_sum = -(half_sums[0] + half_sums[1]);
    block.scale = amplitude / 127.0f;
    for (int half = 0; half < 2; ++half)
        block.half_sums[half] = block.scale * static_cast<float>(half_sums[half]);
    block.sum = block.scale * static_cast<float>(-block.minus_code_sum);
}

inline void quantize_row(QuantizedBlock* blocks, int64_t stride, const float* x, int64_t n)
{
    for (int64_t i = 0; i < n / quantized_weights; ++i)
        quantize_block(blocks[i * stride], x + i * quantized_weights);
}

inline void write_row(float* y, const float* sums, const TileOutput& output)
{
    for_each_vector(output.n_columns, [&](int64_t i, auto get, auto put) {
        Floats value = get(sums + i);
        if (output.bias)
            value = value + get(output.bias + i);
        value = value * broadcast(output.scale);
        if (output.clamp > 0)
            value = min(max(value, broadcast(-output.clamp)), broadcast(output.clamp));
        put(y + i, output.accumulate ? get(y + i) + value : value);
    });
}

inline void write_tile(const TileOutput& output)
{
    for (int64_t t = 0; t < output.n_tokens; ++t)
        write_row(output.y + t * output.y_stride, output.sums + t * output.sums_stride, output);
}

template <Activation activation> void activate_row(float* h, const float* gate, const float* up, int64_t n)
{
    for_each_vector(n, [&](int64_t i, auto get, auto put) {
        const Floats value = apply<activation>(get(gate + i));
        put(h + i, up ? value * get(up + i) : value);
    });
}

inline void activate(float* h, const float* gate, const float* up, Activation activation, int64_t n)
{
    switch (activation) {
    case Activation::silu:
        return activate_row<Activation::silu>(h, gate, up, n);
    case Activation::gelu:
        return activate_row<Activation::gelu>(h, gate, up, n);
    case Activation::gelu_tanh:
        return activate_row<Activation::gelu_tanh>(h, gate, up, n);
    case Activation::relu:
        return activate_row<Activation::relu>(h, gate, up, n);
    }
}

inline void xielu(float* h, const float* x, const Xielu& p, int64_t n)
{
    const Floats zero = broadcast(0.0f), limit = broadcast(p.limit);
    for_each_vector(n, [&](int64_t i, auto get, auto put) {
        const Floats value = get(x + i), above = max(value, zero), below = min(value, zero);
        const Floats unlimited = min(above * broadcast(1e30f), zero - limit); // nothing is left above 0
        const Floats tail = exp_minus_1(min(below, limit) + unlimited) - below;
        const Floats bent = fma(above * above, broadcast(p.positive), tail * broadcast(p.negative));
        put(h + i, fma(value, broadcast(p.slope), bent));
    });
}

inline void keep_above(float* x, float deviations, int64_t n)
{
    const Floats mean = broadcast(mean_of(x, n));
    for_each_vector(n, [&](int64_t i, auto get, auto put) { put(x + i, get(x + i) - mean); });
    const float variance = mean_square(x, n) * static_cast<float>(n) / static_cast<float>(n - 1);
    const Floats least = broadcast(deviations * ::sqrtf(variance));
    for_each_vector(
        n, [&](int64_t i, auto get, auto put) { put(x + i, max(get(x + i) - least, broadcast(0.0f))); });
}

inline void add(float* x, const float* y, float scale, int64_t n)
{
    for_each_vector(
        n, [&](int64_t i, auto get, auto put) { put(x + i, fma(get(y + i), broadcast(scale), get(x + i))); });
}

inline void rotate_halves(float* head, const Rotation& r)
{
    float* other = head + r.n_pairs;
    for_each_vector(r.n_pairs, [&](int64_t i, auto get, auto put) {
        const Floats a = get(head + i), b = get(other + i);
        const Floats cosine = get(r.cosines + i), sine = get(r.sines + i);
        put(head + i, a * cosine - b * sine);
        put(other + i, a * sine + b * cosine);
    });
}

inline void rotate_neighbours(float* head, const Rotation& r)
{
    for (int i = 0; i < r.n_pairs; ++i) {
        const float a = head[2 * i], b = head[2 * i + 1];
        head[2 * i] = a * r.cosines[i] - b * r.sines[i];
        head[2 * i + 1] = a * r.sines[i] + b * r.cosines[i];
    }
}

inline void rotate(float* head, const Rotation& rotation)
{
    if (rotation.pairing == RopePairing::half_split)
        rotate_halves(head, rotation);
    else if (rotation.pairing == RopePairing::interleaved)
        rotate_neighbours(head, rotation);
}

inline void read(const std::byte* data, int64_t n)
{
    Bytes seen[4] = {load_bytes(data), load_bytes(data), load_bytes(data), load_bytes(data)};
    for (int64_t i = 0; i < n; i += 256)
        for (int k = 0; k < 4; ++k)
            seen[k] = seen[k] | load_bytes(data + i + 64 * k);
    const Bytes all = (seen[0] | seen[1]) | (seen[2] | seen[3]);
    asm volatile("" : : "m"(all)); // the result counts as used
}

} // namespace
} // namespace rocmforge::cpu
