// Sixteen lanes in two AVX2 registers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <immintrin.h>

#define ROCMFORGE_INLINE [[gnu::always_inline]] inline
#define ROCMFORGE_INLINE_LAMBDA __attribute__((always_inline))

namespace rocmforge::cpu {
namespace {

struct Floats {
    __m256 lo, hi;
};
struct Ints {
    __m256i lo, hi;
};
/// Four 8-bit codes for each of 16 lanes.
struct Bytes {
    __m256i lo, hi;
};

/// Q8_0's codes stay signed: products of unsigned bytes with activations overflow 16 bits.
constexpr bool signed_codes = true;
constexpr bool has_lookup = true; ///< small tables take an instruction
/// Registers of the float product: rows × vectors of sums.
constexpr int float_tile_rows = 4;
constexpr int float_tile_vectors = 1;

ROCMFORGE_INLINE Floats broadcast(float x)
{
    const __m256 v = _mm256_set1_ps(x);
    return {v, v};
}
ROCMFORGE_INLINE Floats load(const float* p)
{
    return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
ROCMFORGE_INLINE void store(float* p, Floats a)
{
    _mm256_storeu_ps(p, a.lo);
    _mm256_storeu_ps(p + 8, a.hi);
}
/// The first n < 16 lanes; the others are zero.
ROCMFORGE_INLINE Floats load_first(const float* p, int64_t n)
{
    float lanes[16] = {};
    __builtin_memcpy(lanes, p, static_cast<size_t>(n) * sizeof(float));
    return load(lanes);
}
ROCMFORGE_INLINE void store_first(float* p, Floats a, int64_t n)
{
    float lanes[16];
    store(lanes, a);
    __builtin_memcpy(p, lanes, static_cast<size_t>(n) * sizeof(float));
}
ROCMFORGE_INLINE __m128i load_128(const void* p)
{
    return _mm_loadu_si128(static_cast<const __m128i*>(p));
}
ROCMFORGE_INLINE Floats load_halves(const uint16_t* p)
{
    return {_mm256_cvtph_ps(load_128(p)), _mm256_cvtph_ps(load_128(p + 8))};
}
ROCMFORGE_INLINE void store_halves(uint16_t* p, Floats a)
{
    auto* to = reinterpret_cast<__m128i*>(p);
    _mm_storeu_si128(to, _mm256_cvtps_ph(a.lo, _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128(to + 1, _mm256_cvtps_ph(a.hi, _MM_FROUND_TO_NEAREST_INT));
}
ROCMFORGE_INLINE __m256 widen_bfloat16s(__m128i values)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(values), 16));
}
ROCMFORGE_INLINE Floats load_bfloat16s(const uint16_t* p)
{
    return {widen_bfloat16s(load_128(p)), widen_bfloat16s(load_128(p + 8))};
}

ROCMFORGE_INLINE Floats operator+(Floats a, Floats b)
{
    return {_mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)};
}
ROCMFORGE_INLINE Floats operator-(Floats a, Floats b)
{
    return {_mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)};
}
ROCMFORGE_INLINE Floats operator*(Floats a, Floats b)
{
    return {_mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)};
}
ROCMFORGE_INLINE Floats operator/(Floats a, Floats b)
{
    return {_mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)};
}
/// a · b + c
ROCMFORGE_INLINE Floats fma(Floats a, Floats b, Floats c)
{
    return {_mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi)};
}
ROCMFORGE_INLINE Floats min(Floats a, Floats b)
{
    return {_mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)};
}
ROCMFORGE_INLINE Floats max(Floats a, Floats b)
{
    return {_mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)};
}
ROCMFORGE_INLINE Floats abs(Floats a)
{
    const __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi)};
}
ROCMFORGE_INLINE float sum(Floats a)
{
    const __m256 eight = _mm256_add_ps(a.lo, a.hi);
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}
ROCMFORGE_INLINE float largest(Floats a)
{
    const __m256 eight = _mm256_max_ps(a.lo, a.hi);
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    four = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(four, _mm_movehdup_ps(four)));
}

ROCMFORGE_INLINE Ints broadcast_int(int32_t x)
{
    const __m256i v = _mm256_set1_epi32(x);
    return {v, v};
}
ROCMFORGE_INLINE Ints operator+(Ints a, Ints b)
{
    return {_mm256_add_epi32(a.lo, b.lo), _mm256_add_epi32(a.hi, b.hi)};
}
template <int bits> ROCMFORGE_INLINE Ints shift_left(Ints a)
{
    return {_mm256_slli_epi32(a.lo, bits), _mm256_slli_epi32(a.hi, bits)};
}
ROCMFORGE_INLINE Floats to_floats(Ints a)
{
    return {_mm256_cvtepi32_ps(a.lo), _mm256_cvtepi32_ps(a.hi)};
}
/// The floats that have these bits.
ROCMFORGE_INLINE Floats floats_of_bits(Ints a)
{
    return {_mm256_castsi256_ps(a.lo), _mm256_castsi256_ps(a.hi)};
}
/// Rounds to nearest even.
ROCMFORGE_INLINE Ints to_ints(Floats a)
{
    return {_mm256_cvtps_epi32(a.lo), _mm256_cvtps_epi32(a.hi)};
}
ROCMFORGE_INLINE __m256 power_of_2(__m256i n)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}
/// a · 2^n for |n| ≤ 126
ROCMFORGE_INLINE Floats scale_by_power_of_2(Floats a, Ints n)
{
    return a * Floats{power_of_2(n.lo), power_of_2(n.hi)};
}
ROCMFORGE_INLINE int32_t sum(Ints a)
{
    const __m256i eight = _mm256_add_epi32(a.lo, a.hi);
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
    four = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 1)));
}
/// Lanes as 8-bit integers; all must fit.
ROCMFORGE_INLINE void store_as_bytes(int8_t* p, Ints a)
{
    const __m256i shorts = _mm256_permute4x64_epi64(_mm256_packs_epi32(a.lo, a.hi), 0xd8);
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(shorts), _mm256_extracti128_si256(shorts, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), bytes);
}
ROCMFORGE_INLINE Ints load_signed_bytes(const int8_t* p)
{
    const __m128i bytes = load_128(p);
    return {_mm256_cvtepi8_epi32(bytes), _mm256_cvtepi8_epi32(_mm_unpackhi_epi64(bytes, bytes))};
}

ROCMFORGE_INLINE Ints load_unsigned_bytes(const uint8_t* p)
{
    const __m128i bytes = load_128(p);
    return {_mm256_cvtepu8_epi32(bytes), _mm256_cvtepu8_epi32(_mm_unpackhi_epi64(bytes, bytes))};
}

ROCMFORGE_INLINE Bytes load_bytes(const std::byte* p)
{
    const auto* words = reinterpret_cast<const __m256i*>(p);
    return {_mm256_loadu_si256(words), _mm256_loadu_si256(words + 1)};
}
/// 16 bits to the low half of each lane; the high half is zero.
ROCMFORGE_INLINE Bytes load_shorts(const uint16_t* p)
{
    return {_mm256_cvtepu16_epi32(load_128(p)), _mm256_cvtepu16_epi32(load_128(p + 8))};
}
ROCMFORGE_INLINE Bytes operator&(Bytes a, uint8_t mask)
{
    const __m256i m = _mm256_set1_epi8(static_cast<char>(mask));
    return {_mm256_and_si256(a.lo, m), _mm256_and_si256(a.hi, m)};
}
ROCMFORGE_INLINE Bytes operator|(Bytes a, Bytes b)
{
    return {_mm256_or_si256(a.lo, b.lo), _mm256_or_si256(a.hi, b.hi)};
}
ROCMFORGE_INLINE Bytes operator^(Bytes a, uint8_t mask)
{
    const __m256i m = _mm256_set1_epi8(static_cast<char>(mask));
    return {_mm256_xor_si256(a.lo, m), _mm256_xor_si256(a.hi, m)};
}
/// Shifts pairs of bytes: bits that cross from one byte to the next must be masked away.
ROCMFORGE_INLINE Bytes shift_right(Bytes a, int bits)
{
    const __m128i n = _mm_cvtsi32_si128(bits);
    return {_mm256_srl_epi16(a.lo, n), _mm256_srl_epi16(a.hi, n)};
}
ROCMFORGE_INLINE Bytes shift_left(Bytes a, int bits)
{
    const __m128i n = _mm_cvtsi32_si128(bits);
    return {_mm256_sll_epi16(a.lo, n), _mm256_sll_epi16(a.hi, n)};
}
/// The bits of `mask` of each lane shifted right by `bits`.
ROCMFORGE_INLINE Ints bits_of_lanes(Bytes a, int bits, int32_t mask)
{
    const __m128i n = _mm_cvtsi32_si128(bits);
    const __m256i m = _mm256_set1_epi32(mask);
    return {_mm256_and_si256(_mm256_srl_epi32(a.lo, n), m), _mm256_and_si256(_mm256_srl_epi32(a.hi, n), m)};
}
/// Two 16-bit numbers in each lane.
ROCMFORGE_INLINE Bytes broadcast_shorts(int16_t x)
{
    const __m256i v = _mm256_set1_epi16(x);
    return {v, v};
}
/// The bits of `mask` of each 16 bits shifted right by `bits`.
ROCMFORGE_INLINE Bytes bits_of_shorts(Bytes a, int bits, int16_t mask)
{
    const __m128i n = _mm_cvtsi32_si128(bits);
    const __m256i m = _mm256_set1_epi16(mask);
    return {_mm256_and_si256(_mm256_srl_epi16(a.lo, n), m), _mm256_and_si256(_mm256_srl_epi16(a.hi, n), m)};
}
/// Lanes that fit into 16 bits, one of `first` and one of `second` side by side.
ROCMFORGE_INLINE Bytes pack_pairs(Ints first, Ints second)
{
    return {_mm256_blend_epi16(first.lo, _mm256_slli_epi32(second.lo, 16), 0xaa),
            _mm256_blend_epi16(first.hi, _mm256_slli_epi32(second.hi, 16), 0xaa)};
}
/// Products of 16-bit numbers, summed in each lane.
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, Bytes b)
{
    return {_mm256_madd_epi16(a.lo, b.lo), _mm256_madd_epi16(a.hi, b.hi)};
}
/// Each lane's two 16-bit numbers times x[0] and x[1], summed.
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, const int16_t* x)
{
    int32_t two;
    __builtin_memcpy(&two, x, 4);
    const __m256i pair = _mm256_set1_epi32(two);
    return {_mm256_madd_epi16(a.lo, pair), _mm256_madd_epi16(a.hi, pair)};
}
/// table[index] for each byte, an index up to 15.
ROCMFORGE_INLINE Bytes lookup(Bytes indices, const uint8_t (&table)[16])
{
    const __m256i values = _mm256_broadcastsi128_si256(load_128(table));
    return {_mm256_shuffle_epi8(values, indices.lo), _mm256_shuffle_epi8(values, indices.hi)};
}

/// Pairs of products of codes up to max_code with activations up to 127 that 16 bits can hold: a power
/// of two.
template <int max_code>
constexpr int sums_in_16_bits = std::bit_floor(32767u / static_cast<unsigned>(max_code * 127 * 2));

/// Products of codes in pairs, as 16-bit sums. Signed codes give their sign to the activations.
template <bool is_signed> ROCMFORGE_INLINE __m256i multiply_bytes(__m256i codes, __m256i x)
{
    if constexpr (is_signed)
        return _mm256_maddubs_epi16(_mm256_abs_epi8(codes), _mm256_sign_epi8(x, codes));
    else
        return _mm256_maddubs_epi16(codes, x);
}

/// sums += Σ over `groups` of (four codes of each lane) · (four activations), for some panels that
/// share the activations. Codes are at most max_code.
template <int max_code, int groups, int panels>
ROCMFORGE_INLINE void dot(Ints (&sums)[panels], const Bytes* const (&codes)[panels], const int8_t* x)
{
    constexpr bool is_signed = max_code >= 128;
    constexpr int most = is_signed ? 1 : sums_in_16_bits<max_code>;
    constexpr int run = most < groups ? most : groups;
    const __m256i ones = _mm256_set1_epi16(1);
    for (int p = 0; p < panels; ++p) {
        for (int first = 0; first < groups; first += run) {
            __m256i lo = _mm256_setzero_si256();
            __m256i hi = _mm256_setzero_si256();
            for (int g = first; g < first + run; ++g) {
                int32_t four;
                __builtin_memcpy(&four, x + 4 * g, 4);
                const __m256i activations = _mm256_set1_epi32(four);
                lo = _mm256_add_epi16(lo, multiply_bytes<is_signed>(codes[p][g].lo, activations));
                hi = _mm256_add_epi16(hi, multiply_bytes<is_signed>(codes[p][g].hi, activations));
            }
            sums[p].lo = _mm256_add_epi32(sums[p].lo, _mm256_madd_epi16(lo, ones));
            sums[p].hi = _mm256_add_epi32(sums[p].hi, _mm256_madd_epi16(hi, ones));
        }
    }
}

ROCMFORGE_INLINE void transpose8(__m256 (&rows)[8])
{
    __m256 a[8], b[8];
    for (int i = 0; i < 4; ++i) {
        a[2 * i] = _mm256_unpacklo_ps(rows[2 * i], rows[2 * i + 1]);
        a[2 * i + 1] = _mm256_unpackhi_ps(rows[2 * i], rows[2 * i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        b[i] = _mm256_shuffle_ps(a[i], a[i + 2], 0x44);
        b[i + 1] = _mm256_shuffle_ps(a[i], a[i + 2], 0xee);
        b[i + 2] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0x44);
        b[i + 3] = _mm256_shuffle_ps(a[i + 1], a[i + 3], 0xee);
    }
    for (int i = 0; i < 4; ++i) {
        rows[i] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x20);
        rows[i + 4] = _mm256_permute2f128_ps(b[i], b[i + 4], 0x31);
    }
}

/// Rows become columns.
ROCMFORGE_INLINE void transpose(Floats (&rows)[16])
{
    __m256 quarters[4][8];
    for (int i = 0; i < 8; ++i) {
        quarters[0][i] = rows[i].lo;
        quarters[1][i] = rows[i].hi;
        quarters[2][i] = rows[i + 8].lo;
        quarters[3][i] = rows[i + 8].hi;
    }
    for (auto& quarter : quarters)
        transpose8(quarter);
    for (int i = 0; i < 8; ++i) {
        rows[i] = {quarters[0][i], quarters[2][i]};
        rows[i + 8] = {quarters[1][i], quarters[3][i]};
    }
}

} // namespace
} // namespace rocmforge::cpu
