// Where the lanes of a wave hold the elements of a 16 by 16 by 16 tile, for each matrix instruction:
// sum (row, column) += Σ over k of a (row, k) · b (column, k), of halves, in floats. Operands a and b
// are laid out alike. Sources: AMD's RDNA3, RDNA4 and CDNA3 instruction set architectures, NVIDIA's PTX.
#pragma once

namespace rocmforge::device {

/// An element of a matrix; of an operand, `column` counts along k.
struct TilePlace {
    int row;
    int column;
};

/// v_wmma_f32_16x16x16_f16 of gfx11: lanes 16 to 31 repeat the operands of lanes 0 to 15.
struct WmmaGfx11 {
    static constexpr int lanes = 32;
    static constexpr int operand_size = 16; ///< elements per lane
    static constexpr int sum_size = 8;
    static DEVICE TilePlace operand(int lane, int i) { return {lane % 16, i}; }
    static DEVICE TilePlace sum(int lane, int i) { return {2 * i + lane / 16, lane % 16}; }
};

/// The same of gfx12.
struct WmmaGfx12 {
    static constexpr int lanes = 32;
    static constexpr int operand_size = 8;
    static constexpr int sum_size = 8;
    static DEVICE TilePlace operand(int lane, int i) { return {lane % 16, lane / 16 * 8 + i}; }
    static DEVICE TilePlace sum(int lane, int i) { return {lane / 16 * 8 + i, lane % 16}; }
};

/// v_mfma_f32_16x16x16_f16 of gfx908, gfx90a and gfx94x.
struct Mfma {
    static constexpr int lanes = 64;
    static constexpr int operand_size = 4;
    static constexpr int sum_size = 4;
    static DEVICE TilePlace operand(int lane, int i) { return {lane % 16, lane / 16 * 4 + i}; }
    static DEVICE TilePlace sum(int lane, int i) { return {lane / 16 * 4 + i, lane % 16}; }
};

/// Two mma.m16n8k16 of NVIDIA's, for eight columns each.
struct MmaM16N8 {
    static constexpr int lanes = 32;
    static constexpr int operand_size = 8;
    static constexpr int sum_size = 8;
    static DEVICE TilePlace operand(int lane, int i)
    {
        return {lane / 4 + i / 2 % 2 * 8, lane % 4 * 2 + i % 2 + i / 4 * 8};
    }
    static DEVICE TilePlace sum(int lane, int i)
    {
        return {lane / 4 + i / 2 % 2 * 8, lane % 4 * 2 + i % 2 + i / 4 * 8};
    }
};

} // namespace rocmforge::device
