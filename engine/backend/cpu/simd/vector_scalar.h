// Sixteen lanes in plain C++, for any processor: four vectors of the 16 bytes that nearly all have, and
// compilers do without elsewhere.
#pragma once

#include "quant/half.h"

#include <cmath>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#define ROCMFORGE_INLINE [[gnu::always_inline]] inline
#define ROCMFORGE_INLINE_LAMBDA __attribute__((always_inline))

namespace rocmforge::cpu {
namespace {

template <typename T> using Vector [[gnu::vector_size(16)]] = T;
using FourFloats = Vector<float>;
using FourInts = Vector<int32_t>;
using FourWords = Vector<uint32_t>;
using EightShorts = Vector<int16_t>;
using SixteenBytes = Vector<uint8_t>;

struct Floats {
    FourFloats quarters[4];
};
struct Ints {
    FourInts quarters[4];
};
/// Four 8-bit codes for each of 16 lanes.
struct Bytes {
    SixteenBytes quarters[4];
};

constexpr bool signed_codes = true;
constexpr bool has_lookup = false; ///< small tables take an instruction
/// Rows × vectors of sums of the float product.
constexpr int float_tile_rows = 4;
constexpr int float_tile_vectors = 1;

template <typename Lanes, typename F> ROCMFORGE_INLINE Lanes each_quarter(F f)
{
    return {{f(0), f(1), f(2), f(3)}};
}
/// Lane by lane: for what vectors cannot do, or seldom do.
template <typename Lanes, typename F> Lanes each_lane(F f)
{
    Lanes r;
    for (int i = 0; i < 16; ++i)
        r.quarters[i / 4][i % 4] = f(i);
    return r;
}
template <typename Lanes> auto lane(const Lanes& a, int i)
{
    return a.quarters[i / 4][i % 4];
}
template <typename T> ROCMFORGE_INLINE T load_vector(const void* p)
{
    T r;
    __builtin_memcpy(&r, p, sizeof r);
    return r;
}

ROCMFORGE_INLINE Floats broadcast(float x)
{
    const FourFloats four = {x, x, x, x};
    return {{four, four, four, four}};
}
ROCMFORGE_INLINE Floats load(const float* p)
{
    return load_vector<Floats>(p);
}
ROCMFORGE_INLINE void store(float* p, Floats a)
{
    __builtin_memcpy(p, &a, sizeof a);
}
/// The first n < 16 lanes; the others are zero.
inline Floats load_first(const float* p, int64_t n)
{
    return each_lane<Floats>([=](int i) { return i < n ? p[i] : 0.0f; });
}
inline void store_first(float* p, Floats a, int64_t n)
{
    __builtin_memcpy(p, &a, static_cast<size_t>(n) * sizeof(float));
}
/// 16-bit numbers, each in the low half of a lane.
ROCMFORGE_INLINE FourWords load_four_shorts(const uint16_t* p)
{
    return FourWords{p[0], p[1], p[2], p[3]};
}
/// As half_to_float() does.
ROCMFORGE_INLINE FourFloats floats_of_halves(FourWords halves)
{
    const FourWords magnitude = (halves & 0x7fff) << 13;
    const auto value = FourWords(FourFloats(magnitude) * 0x1p112f);
    const auto infinite = FourWords(FourInts(magnitude) >= (31 << 23)) & 0x7f800000u;
    return FourFloats(value | infinite | (halves & 0x8000) << 16);
}
ROCMFORGE_INLINE Floats load_halves(const uint16_t* p)
{
    return each_quarter<Floats>([=](int i) { return floats_of_halves(load_four_shorts(p + 4 * i)); });
}
inline void store_halves(uint16_t* p, Floats a)
{
    for (int i = 0; i < 16; ++i)
        p[i] = float_to_half(lane(a, i));
}
ROCMFORGE_INLINE Floats load_bfloat16s(const uint16_t* p)
{
    return each_quarter<Floats>([=](int i) { return FourFloats(load_four_shorts(p + 4 * i) << 16); });
}

ROCMFORGE_INLINE Floats operator+(Floats a, Floats b)
{
    return each_quarter<Floats>([&](int i) { return a.quarters[i] + b.quarters[i]; });
}
ROCMFORGE_INLINE Floats operator-(Floats a, Floats b)
{
    return each_quarter<Floats>([&](int i) { return a.quarters[i] - b.quarters[i]; });
}
ROCMFORGE_INLINE Floats operator*(Floats a, Floats b)
{
    return each_quarter<Floats>([&](int i) { return a.quarters[i] * b.quarters[i]; });
}
ROCMFORGE_INLINE Floats operator/(Floats a, Floats b)
{
    return each_quarter<Floats>([&](int i) { return a.quarters[i] / b.quarters[i]; });
}
/// a · b + c
ROCMFORGE_INLINE Floats fma(Floats a, Floats b, Floats c)
{
    return a * b + c;
}
ROCMFORGE_INLINE Floats min(Floats a, Floats b)
{
    return each_quarter<Floats>(
        [&](int i) { return a.quarters[i] < b.quarters[i] ? a.quarters[i] : b.quarters[i]; });
}
ROCMFORGE_INLINE Floats max(Floats a, Floats b)
{
    return each_quarter<Floats>(
        [&](int i) { return a.quarters[i] > b.quarters[i] ? a.quarters[i] : b.quarters[i]; });
}
ROCMFORGE_INLINE Floats abs(Floats a)
{
    return each_quarter<Floats>([&](int i) { return FourFloats(FourInts(a.quarters[i]) & 0x7fffffff); });
}
inline float sum(Floats a)
{
    float total = 0;
    for (int i = 0; i < 16; ++i)
        total += lane(a, i);
    return total;
}
inline float largest(Floats a)
{
    float most = lane(a, 0);
    for (int i = 1; i < 16; ++i)
        most = lane(a, i) > most ? lane(a, i) : most;
    return most;
}

ROCMFORGE_INLINE Ints broadcast_int(int32_t x)
{
    return each_quarter<Ints>([=](int) { return FourInts{} + x; });
}
ROCMFORGE_INLINE Ints operator+(Ints a, Ints b)
{
    return each_quarter<Ints>([&](int i) { return a.quarters[i] + b.quarters[i]; });
}
template <int bits> ROCMFORGE_INLINE Ints shift_left(Ints a)
{
    return each_quarter<Ints>([&](int i) { return a.quarters[i] << bits; });
}
ROCMFORGE_INLINE Floats to_floats(Ints a)
{
    return each_quarter<Floats>([&](int i) { return __builtin_convertvector(a.quarters[i], FourFloats); });
}
/// The floats that have these bits.
ROCMFORGE_INLINE Floats floats_of_bits(Ints a)
{
    return each_quarter<Floats>([&](int i) { return FourFloats(a.quarters[i]); });
}
/// Rounds to nearest even.
inline Ints to_ints(Floats a)
{
    return each_lane<Ints>([&](int i) { return static_cast<int32_t>(std::nearbyint(lane(a, i))); });
}
/// a · 2^n for |n| ≤ 126
ROCMFORGE_INLINE Floats scale_by_power_of_2(Floats a, Ints n)
{
    return each_quarter<Floats>(
        [&](int i) { return a.quarters[i] * FourFloats((n.quarters[i] + 127) << 23); });
}
inline int32_t sum(Ints a)
{
    int32_t total = 0;
    for (int i = 0; i < 16; ++i)
        total += lane(a, i);
    return total;
}
/// Lanes as 8-bit integers; all must fit.
inline void store_as_bytes(int8_t* p, Ints a)
{
    for (int i = 0; i < 16; ++i)
        p[i] = static_cast<int8_t>(lane(a, i));
}
ROCMFORGE_INLINE Ints load_signed_bytes(const int8_t* p)
{
    return each_lane<Ints>([=](int i) { return int32_t{p[i]}; });
}
ROCMFORGE_INLINE Ints load_unsigned_bytes(const uint8_t* p)
{
    return each_lane<Ints>([=](int i) { return int32_t{p[i]}; });
}

ROCMFORGE_INLINE Bytes load_bytes(const std::byte* p)
{
    return load_vector<Bytes>(p);
}
/// A vector of numbers of another size each.
template <typename Numbers, typename F> ROCMFORGE_INLINE Bytes each_numbers(Bytes a, F f)
{
    return each_quarter<Bytes>([&](int i) { return SixteenBytes(f(Numbers(a.quarters[i]))); });
}
/// 16 bits to the low half of each lane; the high half is zero.
ROCMFORGE_INLINE Bytes load_shorts(const uint16_t* p)
{
    return each_quarter<Bytes>([=](int i) { return SixteenBytes(load_four_shorts(p + 4 * i)); });
}
ROCMFORGE_INLINE Bytes operator&(Bytes a, uint8_t mask)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] & mask; });
}
ROCMFORGE_INLINE Bytes operator|(Bytes a, Bytes b)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] | b.quarters[i]; });
}
ROCMFORGE_INLINE Bytes operator^(Bytes a, uint8_t mask)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] ^ mask; });
}
ROCMFORGE_INLINE Bytes operator+(Bytes a, Bytes b)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] + b.quarters[i]; });
}
/// All products must fit into bytes.
ROCMFORGE_INLINE Bytes operator*(Bytes a, uint8_t b)
{
    return each_numbers<EightShorts>(a, [=](EightShorts shorts) { return shorts * int16_t{b}; });
}
ROCMFORGE_INLINE Bytes min(Bytes a, uint8_t b)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] < b ? a.quarters[i] : SixteenBytes{} + b; });
}
ROCMFORGE_INLINE Bytes max(Bytes a, uint8_t b)
{
    return each_quarter<Bytes>([&](int i) { return a.quarters[i] > b ? a.quarters[i] : SixteenBytes{} + b; });
}
/// As the vector versions promise, what crosses from one byte to the next must be masked away.
ROCMFORGE_INLINE Bytes shift_right(Bytes a, int bits)
{
    return each_numbers<FourWords>(a, [=](FourWords words) { return words >> bits; });
}
ROCMFORGE_INLINE Bytes shift_left(Bytes a, int bits)
{
    return each_numbers<FourWords>(a, [=](FourWords words) { return words << bits; });
}
/// The bits of `mask` of each lane shifted right by `bits`.
ROCMFORGE_INLINE Ints bits_of_lanes(Bytes a, int bits, int32_t mask)
{
    return each_quarter<Ints>([&](int i) { return FourInts(FourWords(a.quarters[i]) >> bits) & mask; });
}
/// Two 16-bit numbers in each lane.
ROCMFORGE_INLINE Bytes broadcast_shorts(int16_t x)
{
    return each_quarter<Bytes>([=](int) { return SixteenBytes(EightShorts{} + x); });
}
/// The bits of `mask` of each 16 bits shifted right by `bits`.
ROCMFORGE_INLINE Bytes bits_of_shorts(Bytes a, int bits, int16_t mask)
{
    return each_numbers<EightShorts>(a, [=](EightShorts shorts) { return shorts >> bits & mask; });
}
/// Lanes that fit into 16 bits, one of `first` and one of `second` side by side.
ROCMFORGE_INLINE Bytes pack_pairs(Ints first, Ints second)
{
    return each_quarter<Bytes>(
        [&](int i) { return SixteenBytes((first.quarters[i] & 0xffff) | second.quarters[i] << 16); });
}
/// Products of 16-bit numbers, summed in each lane: one instruction, which compilers do not find.
ROCMFORGE_INLINE FourInts multiply_pairs(EightShorts a, EightShorts b)
{
#if defined(__SSE2__)
    return FourInts(_mm_madd_epi16(__m128i(a), __m128i(b)));
#else
    const auto low = [](EightShorts pairs) { return FourInts(pairs) << 16 >> 16; };
    const auto high = [](EightShorts pairs) { return FourInts(pairs) >> 16; };
    return low(a) * low(b) + high(a) * high(b);
#endif
}
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, Bytes b)
{
    return each_quarter<Ints>(
        [&](int i) { return multiply_pairs(EightShorts(a.quarters[i]), EightShorts(b.quarters[i])); });
}
/// Each lane's two 16-bit numbers times x[0] and x[1], summed.
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, const int16_t* x)
{
    const auto pair = EightShorts(FourInts{} + load_vector<int32_t>(x));
    return each_quarter<Ints>([&](int i) { return multiply_pairs(EightShorts(a.quarters[i]), pair); });
}

/// table[index] for each byte, an index up to 15, two at a time: two bytes in the table are those of two
/// indices side by side.
ROCMFORGE_INLINE Bytes lookup(const Bytes& indices, const uint16_t (&pairs)[4096])
{
    const auto eight = [&](int i) {
        const auto pair = [&](int j) {
            uint16_t index;
            __builtin_memcpy(&index, reinterpret_cast<const char*>(&indices) + 8 * i + 2 * j, sizeof index);
            return uint64_t{pairs[index]} << 16 * j;
        };
        return pair(0) | pair(1) | pair(2) | pair(3);
    };
    return each_quarter<Bytes>(
        [&](int i) { return SixteenBytes(Vector<uint64_t>{eight(2 * i), eight(2 * i + 1)}); });
}

template <bool is_signed> ROCMFORGE_INLINE EightShorts low_bytes(EightShorts a)
{
    return is_signed ? a << 8 >> 8 : a & 255;
}
template <bool is_signed> ROCMFORGE_INLINE EightShorts high_bytes(EightShorts a)
{
    return is_signed ? a >> 8 : EightShorts(Vector<uint16_t>(a) >> 8);
}

/// sums += Σ over `groups` of (four codes of each lane) · (four activations), for some panels that
/// share the activations. Codes are at most max_code, and signed where that is 128.
template <int max_code, int groups, int panels>
void dot(Ints (&sums)[panels], const Bytes* const (&codes)[panels], const int8_t* x)
{
    // A lane's first and third code are the low bytes of 16-bit numbers, the others the high bytes.
    constexpr bool is_signed = max_code == 128;
    EightShorts x_low[groups], x_high[groups];
    for (int g = 0; g < groups; ++g) {
        const auto repeated = EightShorts(FourInts{} + load_vector<int32_t>(x + 4 * g));
        x_low[g] = low_bytes<true>(repeated);
        x_high[g] = high_bytes<true>(repeated);
    }
    for (int p = 0; p < panels; ++p)
        for (int i = 0; i < 4; ++i) {
            FourInts sum = sums[p].quarters[i];
            for (int g = 0; g < groups; ++g) {
                const auto both = EightShorts(codes[p][g].quarters[i]);
                sum += multiply_pairs(low_bytes<is_signed>(both), x_low[g]);
                sum += multiply_pairs(high_bytes<is_signed>(both), x_high[g]);
            }
            sums[p].quarters[i] = sum;
        }
}

/// sums += 2 · Σ of the activations whose bits are set, of which a lane has one per activation: bit s of
/// byte j is that of activation 4 s + j.
template <int panels> void dot_bits(Ints (&sums)[panels], const Bytes* const (&bits)[panels], const int8_t* x)
{
    // Bits are multiplied where they are in their bytes, so the activations of lower ones are made larger.
    EightShorts x_low[8], x_high[8];
    for (int s = 0; s < 8; ++s) {
        const auto repeated = EightShorts(FourInts{} + load_vector<int32_t>(x + 4 * s));
        x_low[s] = repeated << 8 >> (s + 1);
        x_high[s] = (repeated & int16_t{-256}) >> (s + 1);
    }
    for (int p = 0; p < panels; ++p)
        for (int i = 0; i < 4; ++i) {
            const auto low = EightShorts(bits[p]->quarters[i]);
            const auto high = high_bytes<false>(low);
            FourInts sum = {};
            EightShorts mask = EightShorts{} + int16_t{1};
            for (int s = 0; s < 8; ++s, mask += mask) {
                sum += multiply_pairs(low & mask, x_low[s]);
                sum += multiply_pairs(high & mask, x_high[s]);
            }
            sums[p].quarters[i] += sum >> 6;
        }
}

/// Rows become columns.
inline void transpose(Floats (&rows)[16])
{
    Floats columns[16];
    for (int i = 0; i < 16; ++i)
        columns[i] = each_lane<Floats>([&](int j) { return lane(rows[j], i); });
    __builtin_memcpy(&rows, columns, sizeof columns);
}

} // namespace
} // namespace rocmforge::cpu
