// Sixteen lanes in plain C++, for any processor.
#pragma once

#include "quant/half.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#define ROCMFORGE_INLINE inline
#define ROCMFORGE_INLINE_LAMBDA

namespace rocmforge::cpu {
namespace {

struct Floats {
    float v[16];
};
struct Ints {
    int32_t v[16];
};
/// Four 8-bit codes for each of 16 lanes.
struct Bytes {
    uint8_t v[64];
};

constexpr bool signed_codes = true;
constexpr bool has_lookup = false; ///< small tables take an instruction
/// Rows × vectors of sums of the float product.
constexpr int float_tile_rows = 4;
constexpr int float_tile_vectors = 1;

template <typename F> Floats each_float(F f)
{
    Floats r;
    for (int i = 0; i < 16; ++i)
        r.v[i] = f(i);
    return r;
}
template <typename F> Ints each_int(F f)
{
    Ints r;
    for (int i = 0; i < 16; ++i)
        r.v[i] = f(i);
    return r;
}
template <typename F> Bytes each_byte(F f)
{
    Bytes r;
    for (int i = 0; i < 64; ++i)
        r.v[i] = static_cast<uint8_t>(f(i));
    return r;
}

inline Floats broadcast(float x)
{
    return each_float([=](int) { return x; });
}
inline Floats load(const float* p)
{
    return each_float([=](int i) { return p[i]; });
}
inline void store(float* p, Floats a)
{
    __builtin_memcpy(p, a.v, sizeof a.v);
}
/// The first n < 16 lanes; the others are zero.
inline Floats load_first(const float* p, int64_t n)
{
    return each_float([=](int i) { return i < n ? p[i] : 0.0f; });
}
inline void store_first(float* p, Floats a, int64_t n)
{
    __builtin_memcpy(p, a.v, static_cast<size_t>(n) * sizeof(float));
}
inline Floats load_halves(const uint16_t* p)
{
    return each_float([=](int i) { return half_to_float(p[i]); });
}
inline void store_halves(uint16_t* p, Floats a)
{
    for (int i = 0; i < 16; ++i)
        p[i] = float_to_half(a.v[i]);
}
inline Floats load_bfloat16s(const uint16_t* p)
{
    return each_float([=](int i) { return bfloat16_to_float(p[i]); });
}

inline Floats operator+(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] + b.v[i]; });
}
inline Floats operator-(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] - b.v[i]; });
}
inline Floats operator*(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] * b.v[i]; });
}
inline Floats operator/(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] / b.v[i]; });
}
/// a · b + c
inline Floats fma(Floats a, Floats b, Floats c)
{
    return each_float([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
}
inline Floats min(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] < b.v[i] ? a.v[i] : b.v[i]; });
}
inline Floats max(Floats a, Floats b)
{
    return each_float([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
}
inline Floats abs(Floats a)
{
    return each_float([&](int i) { return std::fabs(a.v[i]); });
}
inline float sum(Floats a)
{
    float total = 0;
    for (const float x : a.v)
        total += x;
    return total;
}
inline float largest(Floats a)
{
    float most = a.v[0];
    for (const float x : a.v)
        most = x > most ? x : most;
    return most;
}

inline Ints broadcast_int(int32_t x)
{
    return each_int([=](int) { return x; });
}
inline Ints operator+(Ints a, Ints b)
{
    return each_int([&](int i) { return a.v[i] + b.v[i]; });
}
template <int bits> Ints shift_left(Ints a)
{
    return each_int([&](int i) { return a.v[i] * (1 << bits); });
}
inline Floats to_floats(Ints a)
{
    return each_float([&](int i) { return static_cast<float>(a.v[i]); });
}
/// The floats that have these bits.
inline Floats floats_of_bits(Ints a)
{
    return each_float([&](int i) { return __builtin_bit_cast(float, a.v[i]); });
}
/// Rounds to nearest even.
inline Ints to_ints(Floats a)
{
    return each_int([&](int i) { return static_cast<int32_t>(std::nearbyint(a.v[i])); });
}
/// a · 2^n for |n| ≤ 126
inline Floats scale_by_power_of_2(Floats a, Ints n)
{
    return each_float([&](int i) { return std::ldexp(a.v[i], n.v[i]); });
}
inline int32_t sum(Ints a)
{
    int32_t total = 0;
    for (const int32_t x : a.v)
        total += x;
    return total;
}
/// Lanes as 8-bit integers; all must fit.
inline void store_as_bytes(int8_t* p, Ints a)
{
    for (int i = 0; i < 16; ++i)
        p[i] = static_cast<int8_t>(a.v[i]);
}
inline Ints load_signed_bytes(const int8_t* p)
{
    return each_int([=](int i) { return int32_t{p[i]}; });
}

inline Ints load_unsigned_bytes(const uint8_t* p)
{
    return each_int([=](int i) { return int32_t{p[i]}; });
}

inline Bytes load_bytes(const std::byte* p)
{
    Bytes r;
    __builtin_memcpy(r.v, p, sizeof r.v);
    return r;
}
/// 16 bits to the low half of each lane; the high half is zero.
inline Bytes load_shorts(const uint16_t* p)
{
    return each_byte([=](int i) { return i % 4 < 2 ? p[i / 4] >> (8 * (i % 4)) : 0; });
}
inline Bytes operator&(Bytes a, uint8_t mask)
{
    return each_byte([&](int i) { return a.v[i] & mask; });
}
inline Bytes operator|(Bytes a, Bytes b)
{
    return each_byte([&](int i) { return a.v[i] | b.v[i]; });
}
inline Bytes operator^(Bytes a, uint8_t mask)
{
    return each_byte([&](int i) { return a.v[i] ^ mask; });
}
/// Number `i` of the numbers of type T side by side.
template <typename T> T part_of(const Bytes& a, int i)
{
    T value;
    __builtin_memcpy(&value, a.v + sizeof(T) * static_cast<size_t>(i), sizeof value);
    return value;
}
template <typename T, typename F> Bytes each_part(F f)
{
    Bytes r;
    for (size_t i = 0; i < sizeof r.v / sizeof(T); ++i) {
        const T value = f(static_cast<int>(i));
        __builtin_memcpy(r.v + sizeof(T) * i, &value, sizeof value);
    }
    return r;
}
/// As the vector versions promise, what crosses from one byte to the next must be masked away.
inline Bytes shift_right(Bytes a, int bits)
{
    return each_part<uint32_t>([&](int i) { return part_of<uint32_t>(a, i) >> bits; });
}
inline Bytes shift_left(Bytes a, int bits)
{
    return each_part<uint32_t>([&](int i) { return part_of<uint32_t>(a, i) << bits; });
}
/// The bits of `mask` of each lane shifted right by `bits`.
inline Ints bits_of_lanes(Bytes a, int bits, int32_t mask)
{
    return each_int([&](int i) { return static_cast<int32_t>(part_of<uint32_t>(a, i) >> bits) & mask; });
}
/// Number `i` of the two 16-bit numbers in each lane.
inline int16_t short_of(const Bytes& a, int i)
{
    return part_of<int16_t>(a, i);
}
/// Two 16-bit numbers in each lane.
inline Bytes broadcast_shorts(int16_t x)
{
    return each_part<int16_t>([=](int) { return x; });
}
/// The bits of `mask` of each 16 bits shifted right by `bits`.
inline Bytes bits_of_shorts(Bytes a, int bits, int16_t mask)
{
    return each_part<int16_t>([&](int i) { return static_cast<int16_t>(short_of(a, i) >> bits & mask); });
}
/// Lanes that fit into 16 bits, one of `first` and one of `second` side by side.
inline Bytes pack_pairs(Ints first, Ints second)
{
    return each_part<int16_t>(
        [&](int i) { return static_cast<int16_t>((i % 2 == 0 ? first : second).v[i / 2]); });
}
/// Products of 16-bit numbers, summed in each lane.
inline Ints multiply_pairs(Bytes a, Bytes b)
{
    return each_int([&](int i) {
        return short_of(a, 2 * i) * short_of(b, 2 * i) + short_of(a, 2 * i + 1) * short_of(b, 2 * i + 1);
    });
}
/// Each lane's two 16-bit numbers times x[0] and x[1], summed.
inline Ints multiply_pairs(Bytes a, const int16_t* x)
{
    return each_int([&](int i) { return short_of(a, 2 * i) * x[0] + short_of(a, 2 * i + 1) * x[1]; });
}
/// What most processors have registers for, and the compiler does without elsewhere.
using Shorts = int16_t __attribute__((vector_size(16)));
using EightCodes = int8_t __attribute__((vector_size(8)));
using SixteenBytes = uint8_t __attribute__((vector_size(16)));

/// The entries of a table that is known when this is compiled, halved by each bit of the index.
[[gnu::always_inline]] inline SixteenBytes select(SixteenBytes index, const uint8_t (&table)[16])
{
    SixteenBytes entries[16];
    for (int i = 0; i < 16; ++i)
        entries[i] = SixteenBytes{} + table[i];
    for (int bit = 0, n = 8; bit < 4; ++bit, n /= 2) {
        const auto mask = static_cast<uint8_t>(1 << bit);
        const auto set = SixteenBytes((index & mask) != 0);
        for (int i = 0; i < n; ++i)
            entries[i] = entries[2 * i] ^ (set & (entries[2 * i] ^ entries[2 * i + 1]));
    }
    return entries[0];
}

/// table[index] for each byte, an index up to 15.
[[gnu::always_inline]] inline Bytes lookup(Bytes indices, const uint8_t (&table)[16])
{
    Bytes r;
    for (int i = 0; i < 64; i += 16) {
        SixteenBytes index;
        __builtin_memcpy(&index, indices.v + i, sizeof index);
        const SixteenBytes values = select(index, table);
        __builtin_memcpy(r.v + i, &values, sizeof values);
    }
    return r;
}

/// sums += Σ over `groups` of (four codes of each lane) · (four activations), where that fits 16 bits.
template <int groups> void add_products(Ints& sums, const Bytes* codes, const int8_t* x)
{
    Shorts repeated[groups];
    for (int g = 0; g < groups; ++g)
        repeated[g] = Shorts{x[4 * g], x[4 * g + 1], x[4 * g + 2], x[4 * g + 3],
                             x[4 * g], x[4 * g + 1], x[4 * g + 2], x[4 * g + 3]};
    for (int i = 0; i < 16; i += 2) {
        Shorts products = {};
        for (int g = 0; g < groups; ++g) {
            EightCodes two_lanes;
            __builtin_memcpy(&two_lanes, codes[g].v + 4 * i, sizeof two_lanes);
            products += __builtin_convertvector(two_lanes, Shorts) * repeated[g];
        }
        sums.v[i] += products[0] + products[1] + products[2] + products[3];
        sums.v[i + 1] += products[4] + products[5] + products[6] + products[7];
    }
}

/// sums += Σ over `groups` of (four codes of each lane) · (four activations), for some panels that
/// share the activations. Codes are at most max_code.
template <int max_code, int groups, int panels>
void dot(Ints (&sums)[panels], const Bytes* const (&codes)[panels], const int8_t* x)
{
    // As many products are summed as 16 bits hold, which processors multiply faster than 32.
    constexpr int summed = std::min(groups, 32767 / (max_code * 127));
    static_assert(summed > 0 && groups % summed == 0);
    for (int p = 0; p < panels; ++p)
        for (int g = 0; g < groups; g += summed)
            add_products<summed>(sums[p], codes[p] + g, x + 4 * g);
}

/// Rows become columns.
inline void transpose(Floats (&rows)[16])
{
    for (int i = 0; i < 16; ++i) {
        for (int j = 0; j < i; ++j) {
            const float upper = rows[j].v[i];
            rows[j].v[i] = rows[i].v[j];
            rows[i].v[j] = upper;
        }
    }
}

} // namespace
} // namespace rocmforge::cpu
