// Matrix instructions on the host: lanes read each other's operands where a layout says they are.
#pragma once

namespace rocmforge::device {

template <typename Layout, int Words>
void load_operand(Layout, uint32_t (&halves)[Words], const Half* memory, int stride)
{
    for (int i = 0; i < Layout::operand_size; i += 2) {
        Half pair[2];
        for (int j = 0; j < 2; ++j) {
            const TilePlace place = Layout::operand(lane_index(), i + j);
            pair[j] = memory[place.row * stride + place.column];
        }
        memcpy(&halves[i / 2], pair, sizeof(pair));
    }
}

/// Which lane holds each element of an operand, and where.
template <typename Layout> struct OperandHolders {
    struct Holder {
        int lane;
        int index;
    };
    Holder holders[16][16] = {};

    OperandHolders()
    {
        for (int lane = 0; lane < Layout::lanes; ++lane)
            for (int i = 0; i < Layout::operand_size; ++i) {
                const TilePlace place = Layout::operand(lane, i);
                holders[place.row][place.column] = {lane, i};
            }
    }
};

/// What a lane lends to the others.
struct LentOperands {
    const uint32_t* a;
    const uint32_t* b;
};

/// Row `row` of the operand that the lanes lent.
template <typename Layout>
void gather_row(float (&values)[16], const uint32_t* LentOperands::* operand, int row)
{
    static const OperandHolders<Layout> holders;
    for (int k = 0; k < 16; ++k) {
        const auto [lane, index] = holders.holders[row][k];
        const auto* lent = static_cast<const LentOperands*>(host::lent_by(lane));
        values[k] = half_to_float(static_cast<Half>((lent->*operand)[index / 2] >> (index % 2 * 16)));
    }
}

template <typename Layout, int Words>
void multiply_operands(Layout, float (&sums)[Layout::sum_size], const uint32_t (&a)[Words],
                       const uint32_t (&b)[Words])
{
    const LentOperands own{a, b};
    host::lend_to_wave(&own);
    for (int i = 0; i < Layout::sum_size; ++i) {
        const TilePlace place = Layout::sum(lane_index(), i);
        float row[16], column[16];
        gather_row<Layout>(row, &LentOperands::a, place.row);
        gather_row<Layout>(column, &LentOperands::b, place.column);
        for (int k = 0; k < 16; ++k)
            sums[i] += row[k] * column[k];
    }
    host::wait_for_wave();
}

template <int WaveSize> struct LayoutOfWave {
    using Type = WmmaGfx11;
};
template <> struct LayoutOfWave<64> {
    using Type = Mfma;
};
using HalfTile = MatrixTile<LayoutOfWave<wave_size>::Type>;

} // namespace rocmforge::device
