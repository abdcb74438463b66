// The inverse of dequantization: finite floats rounded to a format, with the scales that fit them
// well. Good enough to make test models; no importance matrix, no search over codebooks.
#pragma once

#include "quant/formats.h"

namespace rocmforge {

/// Rounds n weights (a multiple of the block's) from src to the format_bytes(format, n) at dst.
void quantize(Format format, const float* src, std::byte* dst, int64_t n);

} // namespace rocmforge
