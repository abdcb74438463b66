// The blocks of a weight matrix, by number, whichever way they lie (see planes.h).
#pragma once

#include "kernels/device.h"
#include "quant/blocks.h"

namespace rocmforge::device {

/// Blocks lie at multiples of their size, and matrices at multiples of 16 bytes.
template <typename Block>
constexpr int block_alignment = sizeof(Block) % 16 == 0 ? 16
    : sizeof(Block) % 8 == 0                            ? 8
    : sizeof(Block) % 4 == 0                            ? 4
    : sizeof(Block) % 2 == 0                            ? 2
                                                        : 1;

/// Tells the compiler, which then loads more than a byte at a time.
template <int Alignment, typename T> DEVICE inline const T* aligned(const T* pointer)
{
    return static_cast<const T*>(__builtin_assume_aligned(pointer, Alignment));
}

/// One after the other, as in the file.
template <typename Block> struct Blocks {
    const Block* first;

    Blocks() = default;
    DEVICE Blocks(const void* data, int64_t)
        : first(global(static_cast<const Block*>(data)))
    {
    }
    DEVICE const Block& operator[](int64_t i) const { return *aligned<block_alignment<Block>>(first + i); }
};

template <> struct Blocks<BlockQ4_0> {
    const uint8_t* qs;
    const uint16_t* d;

    Blocks() = default;
    DEVICE Blocks(const void* data, int64_t n_blocks)
        : qs(global(static_cast<const uint8_t*>(data)))
        , d(reinterpret_cast<const uint16_t*>(qs + n_blocks * 16))
    {
    }
    DEVICE FieldsQ4_0 operator[](int64_t i) const { return {aligned<16>(qs + i * 16), d[i]}; }
};

template <> struct Blocks<BlockQ8_0> {
    const int8_t* qs;
    const uint16_t* d;

    Blocks() = default;
    DEVICE Blocks(const void* data, int64_t n_blocks)
        : qs(global(static_cast<const int8_t*>(data)))
        , d(reinterpret_cast<const uint16_t*>(qs + n_blocks * 32))
    {
    }
    DEVICE FieldsQ8_0 operator[](int64_t i) const { return {aligned<16>(qs + i * 32), d[i]}; }
};

template <> struct Blocks<BlockQ6_K> {
    const uint8_t* ql;
    const uint8_t* qh;
    const int8_t* scales;
    const uint16_t* d;

    Blocks() = default;
    DEVICE Blocks(const void* data, int64_t n_blocks)
        : ql(global(static_cast<const uint8_t*>(data)))
        , qh(ql + n_blocks * 128)
        , scales(reinterpret_cast<const int8_t*>(qh + n_blocks * 64))
        , d(reinterpret_cast<const uint16_t*>(scales + n_blocks * 16))
    {
    }
    DEVICE FieldsQ6_K operator[](int64_t i) const
    {
        return {aligned<16>(ql + i * 128), aligned<16>(qh + i * 64), aligned<16>(scales + i * 16), d[i]};
    }
};

/// One row of a matrix of n_rows, whose rows have `row_blocks` each.
template <typename Block> struct WeightRow {
    Blocks<Block> blocks;
    int64_t begin; ///< the number of its first block

    WeightRow() = default;
    DEVICE WeightRow(const void* data, int64_t n_rows, int64_t row, int32_t row_blocks)
        : blocks(data, n_rows * row_blocks)
        , begin(row * row_blocks)
    {
    }
    DEVICE decltype(auto) operator[](int i) const { return blocks[begin + i]; }
};

} // namespace rocmforge::device
