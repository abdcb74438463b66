#include "quant/quantize.h"

namespace rocmforge {

void quantize(Format format, const float* src, std::byte* dst, int64_t n)
{
    format_info(format).quantize(src, dst, n);
}

} // namespace rocmforge
