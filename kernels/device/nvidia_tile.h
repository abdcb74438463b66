// The matrix instructions of NVIDIA GPUs.
#pragma once

namespace rocmforge::device {

/// The lane's address is that of row `lane % 16`, first or second half; what it gets is as the layout says.
DEVICE inline void load_operand(MmaM16N8, uint32_t (&halves)[4], const Half* memory, int stride)
{
    const Half* from = memory + lane_index() % 16 * stride + lane_index() / 16 * 8;
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(halves[0]), "=r"(halves[1]), "=r"(halves[2]), "=r"(halves[3])
                 : "r"(static_cast<uint32_t>(__cvta_generic_to_shared(from))));
}

DEVICE inline void multiply_8_columns(float* sums, const uint32_t (&a)[4], uint32_t b0, uint32_t b1)
{
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
        "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE inline void multiply_operands(MmaM16N8, float (&sums)[8], const uint32_t (&a)[4],
                                     const uint32_t (&b)[4])
{
    multiply_8_columns(sums, a, b[0], b[2]);
    multiply_8_columns(sums + 4, a, b[1], b[3]);
}

using HalfTile = MatrixTile<MmaM16N8>;

} // namespace rocmforge::device
