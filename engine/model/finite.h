// Whether weights are finite numbers.
#pragma once

#include "quant/formats.h"

#include <cstddef>
#include <span>

namespace rocmforge {

[[nodiscard]] bool all_finite(std::span<const float> values);

/// For F32, F16 and BF16 every weight is looked at. The weights of quantized formats are products
/// with their block's scales, which a forward pass would show: true without looking.
[[nodiscard]] bool all_finite(Format format, std::span<const std::byte> data);

} // namespace rocmforge
