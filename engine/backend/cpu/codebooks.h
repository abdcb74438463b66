// Groups of 32 weights out of codebooks as codes for the kernels' planes, and back.
#pragma once

#include "backend/cpu/bit_planes.h"

#include <algorithm>
#include <span>

namespace rocmforge::cpu {

/// Entries of `length` values of `bits` bits each, the first lowest; and signs of eight weights per
/// byte, a bit set for negative.
template <int bits, int length> struct CodebookGroup {
    std::array<uint16_t, 32 / length> entries = {};
    std::array<uint8_t, 4> signs = {};
};
using OctetGroup = CodebookGroup<2, 8>;
using QuartetGroup = CodebookGroup<3, 4>;

/// A weight's code is its value, and above that its sign.
template <int bits, int length> [[nodiscard]] GroupCodes codes_of(const CodebookGroup<bits, length>& group)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l) {
        const int value = group.entries[l / length] >> l % length * bits & ((1 << bits) - 1);
        const int sign = group.signs[l / 8] >> l % 8 & 1;
        codes[l] = static_cast<uint8_t>(value | sign << bits);
    }
    return codes;
}

template <int bits, int length>
[[nodiscard]] CodebookGroup<bits, length> codebook_group(const GroupCodes& codes)
{
    CodebookGroup<bits, length> group;
    for (size_t l = 0; l < 32; ++l) {
        const int value = codes[l] & ((1 << bits) - 1);
        uint16_t& entry = group.entries[l / length];
        uint8_t& signs = group.signs[l / 8];
        entry = static_cast<uint16_t>(entry | value << l % length * bits);
        signs = static_cast<uint8_t>(signs | codes[l] >> bits << l % 8);
    }
    return group;
}

/// Where a codebook, whose entries ascend, has this entry, which it must have.
[[nodiscard]] inline int index_of(std::span<const uint16_t> codebook, uint16_t entry)
{
    return static_cast<int>(std::ranges::lower_bound(codebook, entry) - codebook.begin());
}

} // namespace rocmforge::cpu
