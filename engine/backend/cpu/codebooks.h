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

/// Codes ascend with the weights: `first` is that of the smallest positive one, and the negative ones
/// come before.
template <int bits, int length>
[[nodiscard]] GroupCodes codes_of(const CodebookGroup<bits, length>& group, int first)
{
    GroupCodes codes;
    for (size_t l = 0; l < 32; ++l) {
        const int value = group.entries[l / length] >> l % length * bits & ((1 << bits) - 1);
        const bool negative = group.signs[l / 8] >> l % 8 & 1;
        codes[l] = static_cast<uint8_t>(negative ? first - 1 - value : first + value);
    }
    return codes;
}

template <int bits, int length>
[[nodiscard]] CodebookGroup<bits, length> codebook_group(const GroupCodes& codes, int first)
{
    CodebookGroup<bits, length> group;
    for (size_t l = 0; l < 32; ++l) {
        const bool negative = codes[l] < first;
        const int value = negative ? first - 1 - codes[l] : codes[l] - first;
        uint16_t& entry = group.entries[l / length];
        uint8_t& signs = group.signs[l / 8];
        entry = static_cast<uint16_t>(entry | value << l % length * bits);
        signs = static_cast<uint8_t>(signs | negative << l % 8);
    }
    return group;
}

/// Where a codebook, whose entries ascend, has this entry, which it must have.
[[nodiscard]] inline int index_of(std::span<const uint16_t> codebook, uint16_t entry)
{
    return static_cast<int>(std::ranges::lower_bound(codebook, entry) - codebook.begin());
}

} // namespace rocmforge::cpu
