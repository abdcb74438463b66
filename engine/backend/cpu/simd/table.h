// The table of kernels, filled with whatever vector header was included before.
#pragma once

#include "backend/cpu/kernels.h"
#include "backend/cpu/simd/attention.h"
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
    case Format::q8_0:
        return {multiply_codes<CodesQ8_0>, true};
    case Format::q4_k:
        return {multiply_codes<CodesQ4_K>, true};
    case Format::q5_k:
        return {multiply_codes<CodesQ5_K>, true};
    case Format::q6_k:
        return {multiply_codes<CodesQ6_K>, true};
    case Format::f32:
        return {multiply_floats<expand_f32>, false};
    case Format::f16:
        return {multiply_floats<expand_f16>, false};
    case Format::bf16:
        return {multiply_floats<expand_bf16>, false};
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
            .store_halves = store_row_as_halves,
            .attend = attend,
            .merge_attention = merge_attention,
            .convolve = convolve,
            .scan_row = scan_row,
            .delta_row = delta_row,
            .read = read};
}

} // namespace
} // namespace rocmforge::cpu
