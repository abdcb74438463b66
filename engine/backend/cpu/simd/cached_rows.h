// Rows of the KV cache as vectors of F32, see KvRows.
#pragma once

#include "backend/cpu/kernels.h"
#include "quant/half.h"

namespace rocmforge::cpu {
namespace {

/// Elements i … i + 15 of a row, zeros beyond its n; of Q8_0 without their scale.
ROCMFORGE_INLINE Floats load_cached(const std::byte* row, KvType type, int64_t i, int64_t n)
{
    if (type == KvType::q8_0)
        return to_floats(load_signed_bytes(reinterpret_cast<const int8_t*>(row) + i));
    if (type == KvType::f32) {
        const float* from = reinterpret_cast<const float*>(row) + i;
        return i + 16 <= n ? load(from) : load_first(from, n - i);
    }
    const uint16_t* from = reinterpret_cast<const uint16_t*>(row) + i;
    if (i + 16 <= n)
        return load_halves(from);
    uint16_t last[16] = {};
    __builtin_memcpy(last, from, static_cast<size_t>(n - i) * sizeof(uint16_t));
    return load_halves(last);
}

/// The scales that element i of 16 tokens has, from `first_token` on.
ROCMFORGE_INLINE Floats load_scales(const std::byte* head, const KvRows& rows, int64_t i, int first_token)
{
    const auto* scales = reinterpret_cast<const uint16_t*>(head + rows.scales_offset());
    return load_halves(scales + i / KvRows::block * page_tokens + first_token);
}

inline void store_row_as_halves(uint16_t* to, const float* from, int64_t n)
{
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
        store_halves(to + i, load(from + i));
    if (const int64_t rest = n - i; rest > 0) {
        uint16_t last[16];
        store_halves(last, load_first(from + i, rest));
        __builtin_memcpy(to + i, last, static_cast<size_t>(rest) * sizeof(uint16_t));
    }
}

/// Elements i … i + 15, zeros beyond n.
ROCMFORGE_INLINE Floats load_padded(const float* from, int64_t i, int64_t n)
{
    return i + 16 <= n ? load(from + i) : i < n ? load_first(from + i, n - i) : broadcast(0.0f);
}

/// As the format's own quantizer: codes are rounded with the scale that is stored.
inline void store_row_as_codes(std::byte* head, const KvRows& rows, int token, const float* from)
{
    auto* codes = reinterpret_cast<int8_t*>(head + token * rows.row_bytes());
    auto* scales = reinterpret_cast<uint16_t*>(head + rows.scales_offset()) + token;
    for (int b = 0; b < rows.n_blocks(); ++b) {
        const int64_t i = b * KvRows::block;
        const Floats first = load_padded(from, i, rows.dim);
        const Floats second = load_padded(from, i + 16, rows.dim);
        const uint16_t half = float_to_half(largest(max(abs(first), abs(second))) / 127.0f);
        const float scale = half_to_float(half);
        const Floats inverse = broadcast(scale > 0 ? 1.0f / scale : 0.0f), most = broadcast(127.0f);
        const auto round = [&](Floats x) ROCMFORGE_INLINE_LAMBDA {
            return to_ints(max(min(x * inverse, most), broadcast(-127.0f)));
        };
        store_as_bytes(codes + i, round(first));
        store_as_bytes(codes + i + 16, round(second));
        scales[b * page_tokens] = half;
    }
}

inline void store_cached(std::byte* head, const KvRows& rows, int token, const float* values)
{
    std::byte* row = head + token * rows.row_bytes();
    switch (rows.type) {
    case KvType::f32:
        __builtin_memcpy(row, values, static_cast<size_t>(rows.dim) * sizeof(float));
        break;
    case KvType::f16:
        store_row_as_halves(reinterpret_cast<uint16_t*>(row), values, rows.dim);
        break;
    case KvType::q8_0:
        store_row_as_codes(head, rows, token, values);
        break;
    }
}

} // namespace
} // namespace rocmforge::cpu
