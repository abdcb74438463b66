// Every tensor format on one line, in the order of the GGUF tensor type ids. All that works per
// format is made from this list: the enumeration, the table, the device kernels, tests and bench.
#pragma once

/// X(enumerator, GGUF tensor type id, block, name as people write it)
// clang-format off
#define ROCMFORGE_FORMATS(X) \
    X(f32, 0, BlockF32, "F32") \
    X(f16, 1, BlockF16, "F16") \
    X(q4_0, 2, BlockQ4_0, "Q4_0") \
    X(q4_1, 3, BlockQ4_1, "Q4_1") \
    X(q5_0, 6, BlockQ5_0, "Q5_0") \
    X(q5_1, 7, BlockQ5_1, "Q5_1") \
    X(q8_0, 8, BlockQ8_0, "Q8_0") \
    X(q2_k, 10, BlockQ2_K, "Q2_K") \
    X(q3_k, 11, BlockQ3_K, "Q3_K") \
    X(q4_k, 12, BlockQ4_K, "Q4_K") \
    X(q5_k, 13, BlockQ5_K, "Q5_K") \
    X(q6_k, 14, BlockQ6_K, "Q6_K") \
    X(iq2_xxs, 16, BlockIQ2_XXS, "IQ2_XXS") \
    X(iq2_xs, 17, BlockIQ2_XS, "IQ2_XS") \
    X(iq3_xxs, 18, BlockIQ3_XXS, "IQ3_XXS") \
    X(iq1_s, 19, BlockIQ1_S, "IQ1_S") \
    X(iq4_nl, 20, BlockIQ4_NL, "IQ4_NL") \
    X(iq3_s, 21, BlockIQ3_S, "IQ3_S") \
    X(iq2_s, 22, BlockIQ2_S, "IQ2_S") \
    X(iq4_xs, 23, BlockIQ4_XS, "IQ4_XS") \
    X(iq1_m, 29, BlockIQ1_M, "IQ1_M") \
    X(bf16, 30, BlockBF16, "BF16") \
    X(tq1_0, 34, BlockTQ1_0, "TQ1_0") \
    X(tq2_0, 35, BlockTQ2_0, "TQ2_0") \
    X(mxfp4, 39, BlockMXFP4, "MXFP4") \
    X(nvfp4, 40, BlockNVFP4, "NVFP4") \
    X(q1_0, 41, BlockQ1_0, "Q1_0") \
    X(q2_0, 42, BlockQ2_0, "Q2_0")
// clang-format on
