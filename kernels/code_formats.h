// The formats whose weights are multiplied as whole numbers with rounded activations (see codes.h): the host
// and the kernels go by the same list.
#pragma once

/// X(enumerator, block)
#define ROCMFORGE_CODE_FORMATS(X)                                                                            \
    X(q4_0, BlockQ4_0)                                                                                       \
    X(q4_1, BlockQ4_1)                                                                                       \
    X(q5_0, BlockQ5_0)                                                                                       \
    X(q5_1, BlockQ5_1)                                                                                       \
    X(q8_0, BlockQ8_0)                                                                                       \
    X(q2_k, BlockQ2_K)                                                                                       \
    X(q3_k, BlockQ3_K)                                                                                       \
    X(q4_k, BlockQ4_K)                                                                                       \
    X(q5_k, BlockQ5_K)                                                                                       \
    X(q6_k, BlockQ6_K)                                                                                       \
    X(iq4_nl, BlockIQ4_NL)                                                                                   \
    X(iq4_xs, BlockIQ4_XS)                                                                                   \
    X(mxfp4, BlockMXFP4)
