// The table of kernels, filled with whatever vector header was included before.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/attention.h"
#include "backend/cpu/simd/cached_rows.h"
#include "backend/cpu/simd/codes_iq1.h"
#include "backend/cpu/simd/codes_iq2.h"
#include "backend/cpu/simd/codes_iq3.h"
#include "backend/cpu/simd/codes_k.h"
#include "backend/cpu/simd/codes_plain.h"
#include "backend/cpu/simd/codes_table.h"
#include "backend/cpu/simd/elementwise.h"
#include "backend/cpu/simd/float_tile.h"
#include "backend/cpu/simd/quantized_tile.h"
#include "backend/cpu/simd/recurrence.h"

namespace rocmforge::cpu {
namespace {

inline Multiply multiply_for(Format format)
{
    switch (format) {
    case Format::q4_0:
        return {multiply_codes<CodesQ4_0>, true};
    case Format::q4_1:
        return {multiply_codes<CodesQ4_1>, true};
    case Format::q5_0:
        return {multiply_codes<CodesQ5_0>, true};
    case Format::q5_1:
        return {multiply_codes<CodesQ5_1>, true};
    case Format::q8_0:
        return {multiply_codes<CodesQ8_0>, true};
    case Format::q2_k:
        return {multiply_codes<CodesQ2_K>, true};
    case Format::q3_k:
        return {multiply_codes<CodesQ3_K>, true};
    case Format::q4_k:
        return {multiply_codes<CodesQ4_K>, true};
    case Format::q5_k:
        return {multiply_codes<CodesQ5_K>, true};
    case Format::q6_k:
        return {multiply_codes<CodesQ6_K>, true};
    case Format::iq4_nl:
        return {multiply_codes<CodesIQ4_NL>, true};
    case Format::iq4_xs:
        return {multiply_codes<CodesIQ4_XS>, true};
    case Format::mxfp4:
        return {multiply_codes<CodesMXFP4>, true};
    case Format::nvfp4:
        return {multiply_codes<CodesNVFP4>, true};
    case Format::iq3_xxs:
        return {multiply_codes<CodesIQ3_XXS>, true};
    case Format::iq3_s:
        return {multiply_codes<CodesIQ3_S>, true};
    case Format::iq2_xxs:
        return {multiply_codes<CodesIQ2<GroupedIQ2_XXS, 1>>, true};
    case Format::iq2_xs:
        return {multiply_codes<CodesIQ2<GroupedIQ2, 2>>, true};
    case Format::iq2_s:
        return {multiply_codes<CodesIQ2<GroupedIQ2, 2>>, true};
    case Format::iq1_s:
        return {multiply_codes<CodesIQ1_S>, true};
    case Format::iq1_m:
        return {multiply_codes<CodesIQ1_M>, true};
    case Format::tq1_0:
    case Format::tq2_0:
        return {multiply_codes<CodesTwoBits<GroupedTernary>>, true};
    case Format::q2_0:
        return {multiply_codes<CodesTwoBits<GroupedQ2_0>>, true};
    case Format::q1_0:
        return {multiply_codes<CodesQ1_0>, true};
    case Format::f32:
        return {multiply_elements<float, load>, false};
    case Format::f16:
        return {multiply_elements<uint16_t, load_halves>, false};
    case Format::bf16:
        return {multiply_elements<uint16_t, load_bfloat16s>, false};
    default:
        return {multiply_floats<expand_rows>, false};
    }
}

constexpr Kernels make_kernels(SimdLevel level)
{
    return {.level = level,
            .multiply = multiply_for,
            .quantize = quantize_row,
            .write_tile = write_tile,
            .activate = activate,
            .norm = norm_row,
            .rotate = rotate,
            .add = add,
            .store_cached = store_cached,
            .xielu = xielu,
            .keep_above = keep_above,
            .attend = attend,
            .merge_attention = merge_attention,
            .convolve = convolve,
            .scan_row = scan_row,
            .delta_row = delta_row,
            .read = read};
}

} // namespace
} // namespace rocmforge::cpu
