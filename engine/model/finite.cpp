#include "model/finite.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace rocmforge {
namespace {

/// True where no element has all of the exponent's bits set. Without early exit and on copied
/// chunks, so that it runs at the speed of memory.
template <typename T> bool no_exponent_full(std::span<const std::byte> data, T exponent)
{
    constexpr size_t chunk = 1024;
    T elements[chunk];
    for (size_t offset = 0; offset < data.size(); offset += sizeof(elements)) {
        const size_t bytes = std::min(sizeof(elements), data.size() - offset);
        std::memcpy(elements, data.data() + offset, bytes);
        T found = 0;
        for (size_t i = 0; i < bytes / sizeof(T); ++i)
            found |= T((elements[i] & exponent) == exponent);
        if (found)
            return false;
    }
    return true;
}

constexpr uint32_t f32_exponent = 0x7f800000;
constexpr uint16_t f16_exponent = 0x7c00;
constexpr uint16_t bf16_exponent = 0x7f80;

} // namespace

bool all_finite(std::span<const float> values)
{
    return no_exponent_full(std::as_bytes(values), f32_exponent);
}

bool all_finite(Format format, std::span<const std::byte> data)
{
    switch (format) {
    case Format::f32:
        return no_exponent_full(data, f32_exponent);
    case Format::f16:
        return no_exponent_full(data, f16_exponent);
    case Format::bf16:
        return no_exponent_full(data, bf16_exponent);
    default:
        return true;
    }
}

} // namespace rocmforge
