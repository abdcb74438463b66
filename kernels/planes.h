// How a matrix's blocks lie in device memory: one after the other as in the file, or, where that would
// leave most of them unaligned, as planes: one field of all blocks, then the next field of all blocks.
// The host knows planes by their fields; the kernel split_blocks makes them.
#pragma once

#include "kernels/parameters.h"
#include "quant/blocks.h"

#include <cstddef>

namespace rocmforge::device {

/// A block's fields in the order of their planes: wider loads come first, so that all are aligned.
template <typename Block> constexpr PlaneFields plane_fields{};
template <>
constexpr PlaneFields plane_fields<BlockQ4_0>{2,
                                              {{offsetof(BlockQ4_0, qs), 16}, {offsetof(BlockQ4_0, d), 2}}};
template <>
constexpr PlaneFields plane_fields<BlockQ8_0>{2,
                                              {{offsetof(BlockQ8_0, qs), 32}, {offsetof(BlockQ8_0, d), 2}}};
template <>
constexpr PlaneFields plane_fields<BlockQ6_K>{4,
                                              {{offsetof(BlockQ6_K, ql), 128},
                                               {offsetof(BlockQ6_K, qh), 64},
                                               {offsetof(BlockQ6_K, scales), 16},
                                               {offsetof(BlockQ6_K, d), 2}}};

} // namespace rocmforge::device
