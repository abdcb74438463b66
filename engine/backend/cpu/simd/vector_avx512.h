// Sixteen lanes in one AVX-512 register.
#pragma once

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

#define ROCMFORGE_INLINE [[gnu::always_inline]] inline
#define ROCMFORGE_INLINE_LAMBDA __attribute__((always_inline))

namespace rocmforge::cpu {
namespace {

struct Floats {
    __m512 v;
};
struct Ints {
    __m512i v;
};
/// Four 8-bit codes for each of 16 lanes.
struct Bytes {
    __m512i v;
};

/// Q8_0's codes are made unsigned, as the dot product instruction wants one unsigned operand.
constexpr bool signed_codes = false;
constexpr bool has_lookup = true; ///< small tables take an instruction
/// Registers of the float product: rows × vectors of sums.
constexpr int float_tile_rows = 12;
constexpr int float_tile_vectors = 2;

ROCMFORGE_INLINE Floats broadcast(float x)
{
    return {_mm512_set1_ps(x)};
}
ROCMFORGE_INLINE Floats load(const float* p)
{
    return {_mm512_loadu_ps(p)};
}
ROCMFORGE_INLINE void store(float* p, Floats a)
{
    _mm512_storeu_ps(p, a.v);
}
ROCMFORGE_INLINE __mmask16 first_lanes(int64_t n)
{
    return static_cast<__mmask16>((1u << n) - 1);
}
/// The first n < 16 lanes; the others are zero.
ROCMFORGE_INLINE Floats load_first(const float* p, int64_t n)
{
    return {_mm512_maskz_loadu_ps(first_lanes(n), p)};
}
ROCMFORGE_INLINE void store_first(float* p, Floats a, int64_t n)
{
    _mm512_mask_storeu_ps(p, first_lanes(n), a.v);
}
ROCMFORGE_INLINE Floats load_halves(const uint16_t* p)
{
    return {_mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
ROCMFORGE_INLINE void store_halves(uint16_t* p, Floats a)
{
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtps_ph(a.v, _MM_FROUND_TO_NEAREST_INT));
}
ROCMFORGE_INLINE Floats load_bfloat16s(const uint16_t* p)
{
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    return {_mm512_castsi512_ps(_mm512_slli_epi32(wide, 16))};
}

ROCMFORGE_INLINE Floats operator+(Floats a, Floats b)
{
    return {_mm512_add_ps(a.v, b.v)};
}
ROCMFORGE_INLINE Floats operator-(Floats a, Floats b)
{
    return {_mm512_sub_ps(a.v, b.v)};
}
ROCMFORGE_INLINE Floats operator*(Floats a, Floats b)
{
    return {_mm512_mul_ps(a.v, b.v)};
}
ROCMFORGE_INLINE Floats operator/(Floats a, Floats b)
{
    return {_mm512_div_ps(a.v, b.v)};
}
/// a · b + c
ROCMFORGE_INLINE Floats fma(Floats a, Floats b, Floats c)
{
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
ROCMFORGE_INLINE Floats min(Floats a, Floats b)
{
    return {_mm512_min_ps(a.v, b.v)};
}
ROCMFORGE_INLINE Floats max(Floats a, Floats b)
{
    return {_mm512_max_ps(a.v, b.v)};
}
ROCMFORGE_INLINE Floats abs(Floats a)
{
    return {_mm512_abs_ps(a.v)};
}
ROCMFORGE_INLINE float sum(Floats a)
{
    return _mm512_reduce_add_ps(a.v);
}
ROCMFORGE_INLINE float largest(Floats a)
{
    return _mm512_reduce_max_ps(a.v);
}

ROCMFORGE_INLINE Ints broadcast_int(int32_t x)
{
    return {_mm512_set1_epi32(x)};
}
ROCMFORGE_INLINE Ints operator+(Ints a, Ints b)
{
    return {_mm512_add_epi32(a.v, b.v)};
}
template <int bits> ROCMFORGE_INLINE Ints shift_left(Ints a)
{
    return {_mm512_slli_epi32(a.v, bits)};
}
ROCMFORGE_INLINE Floats to_floats(Ints a)
{
    return {_mm512_cvtepi32_ps(a.v)};
}
/// The floats that have these bits.
ROCMFORGE_INLINE Floats floats_of_bits(Ints a)
{
    return {_mm512_castsi512_ps(a.v)};
}
/// Rounds to nearest even.
ROCMFORGE_INLINE Ints to_ints(Floats a)
{
    return {_mm512_cvtps_epi32(a.v)};
}
/// a · 2^n for |n| ≤ 126
ROCMFORGE_INLINE Floats scale_by_power_of_2(Floats a, Ints n)
{
    const __m512i exponent = _mm512_slli_epi32(_mm512_add_epi32(n.v, _mm512_set1_epi32(127)), 23);
    return {_mm512_mul_ps(a.v, _mm512_castsi512_ps(exponent))};
}
ROCMFORGE_INLINE int32_t sum(Ints a)
{
    return _mm512_reduce_add_epi32(a.v);
}
/// Lanes as 8-bit integers; all must fit.
ROCMFORGE_INLINE void store_as_bytes(int8_t* p, Ints a)
{
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(a.v));
}
ROCMFORGE_INLINE Ints load_signed_bytes(const int8_t* p)
{
    return {_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}

ROCMFORGE_INLINE Ints load_unsigned_bytes(const uint8_t* p)
{
    return {_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))};
}

ROCMFORGE_INLINE Bytes load_bytes(const std::byte* p)
{
    return {_mm512_loadu_si512(p)};
}
/// 16 bits to the low half of each lane; the high half is zero.
ROCMFORGE_INLINE Bytes load_shorts(const uint16_t* p)
{
    return {_mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))};
}
ROCMFORGE_INLINE Bytes operator&(Bytes a, uint8_t mask)
{
    return {_mm512_and_si512(a.v, _mm512_set1_epi8(static_cast<char>(mask)))};
}
ROCMFORGE_INLINE Bytes operator|(Bytes a, Bytes b)
{
    return {_mm512_or_si512(a.v, b.v)};
}
ROCMFORGE_INLINE Bytes operator^(Bytes a, uint8_t mask)
{
    return {_mm512_xor_si512(a.v, _mm512_set1_epi8(static_cast<char>(mask)))};
}
/// Shifts pairs of bytes: bits that cross from one byte to the next must be masked away.
ROCMFORGE_INLINE Bytes shift_right(Bytes a, int bits)
{
    return {_mm512_srl_epi16(a.v, _mm_cvtsi32_si128(bits))};
}
ROCMFORGE_INLINE Bytes shift_left(Bytes a, int bits)
{
    return {_mm512_sll_epi16(a.v, _mm_cvtsi32_si128(bits))};
}
/// The bits of `mask` of each lane shifted right by `bits`.
ROCMFORGE_INLINE Ints bits_of_lanes(Bytes a, int bits, int32_t mask)
{
    return {_mm512_and_si512(_mm512_srl_epi32(a.v, _mm_cvtsi32_si128(bits)), _mm512_set1_epi32(mask))};
}
/// Two 16-bit numbers in each lane.
ROCMFORGE_INLINE Bytes broadcast_shorts(int16_t x)
{
    return {_mm512_set1_epi16(x)};
}
/// The bits of `mask` of each 16 bits shifted right by `bits`.
ROCMFORGE_INLINE Bytes bits_of_shorts(Bytes a, int bits, int16_t mask)
{
    return {_mm512_and_si512(_mm512_srl_epi16(a.v, _mm_cvtsi32_si128(bits)), _mm512_set1_epi16(mask))};
}
/// Lanes that fit into 16 bits, one of `first` and one of `second` side by side.
ROCMFORGE_INLINE Bytes pack_pairs(Ints first, Ints second)
{
    return {_mm512_mask_blend_epi16(0xaaaaaaaa, first.v, _mm512_slli_epi32(second.v, 16))};
}
/// Products of 16-bit numbers, summed in each lane.
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, Bytes b)
{
    return {_mm512_madd_epi16(a.v, b.v)};
}
/// Each lane's two 16-bit numbers times x[0] and x[1], summed.
ROCMFORGE_INLINE Ints multiply_pairs(Bytes a, const int16_t* x)
{
    int32_t two;
    __builtin_memcpy(&two, x, 4);
    return {_mm512_madd_epi16(a.v, _mm512_set1_epi32(two))};
}
/// table[index] for each byte, an index up to 15.
ROCMFORGE_INLINE Bytes lookup(Bytes indices, const uint8_t (&table)[16])
{
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
    return {_mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), indices.v)};
}

/// sums += Σ over `groups` of (four codes of each lane) · (four activations), for some panels that
/// share the activations. Codes are at most max_code.
template <int max_code, int groups, int panels>
ROCMFORGE_INLINE void dot(Ints (&sums)[panels], const Bytes* const (&codes)[panels], const int8_t* x)
{
    for (int g = 0; g < groups; ++g) {
        int32_t four;
        __builtin_memcpy(&four, x + 4 * g, 4);
        const __m512i activations = _mm512_set1_epi32(four);
        for (int p = 0; p < panels; ++p)
            sums[p].v = _mm512_dpbusd_epi32(sums[p].v, codes[p][g].v, activations);
    }
}

/// Rows become columns.
ROCMFORGE_INLINE void transpose(Floats (&rows)[16])
{
    __m512 a[16], b[16];
    for (int i = 0; i < 8; ++i) {
        a[2 * i] = _mm512_unpacklo_ps(rows[2 * i].v, rows[2 * i + 1].v);
        a[2 * i + 1] = _mm512_unpackhi_ps(rows[2 * i].v, rows[2 * i + 1].v);
    }
    for (int i = 0; i < 16; i += 4) {
        b[i] = _mm512_shuffle_ps(a[i], a[i + 2], 0x44);
        b[i + 1] = _mm512_shuffle_ps(a[i], a[i + 2], 0xee);
        b[i + 2] = _mm512_shuffle_ps(a[i + 1], a[i + 3], 0x44);
        b[i + 3] = _mm512_shuffle_ps(a[i + 1], a[i + 3], 0xee);
    }
    for (int i = 0; i < 4; ++i) {
        const __m512 low = _mm512_shuffle_f32x4(b[i], b[i + 4], 0x88);
        const __m512 high = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0x88);
        const __m512 low_odd = _mm512_shuffle_f32x4(b[i], b[i + 4], 0xdd);
        const __m512 high_odd = _mm512_shuffle_f32x4(b[i + 8], b[i + 12], 0xdd);
        rows[i].v = _mm512_shuffle_f32x4(low, high, 0x88);
        rows[i + 8].v = _mm512_shuffle_f32x4(low, high, 0xdd);
        rows[i + 4].v = _mm512_shuffle_f32x4(low_odd, high_odd, 0x88);
        rows[i + 12].v = _mm512_shuffle_f32x4(low_odd, high_odd, 0xdd);
    }
}

} // namespace
} // namespace rocmforge::cpu
