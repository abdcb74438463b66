#include "backend/cpu/rotations.h"

#include <algorithm>
#include <cmath>

namespace rocmforge::cpu {

void Rotations::prepare(const Rope& rope, std::span<const int32_t> positions)
{
    if (rope.pairing == RopePairing::none || find(rope))
        return;
    const int n_pairs = rope.n_rot / 2;
    Table table{rope.frequencies, rope.magnitude, n_pairs, {}};
    table.values.resize(positions.size() * 2 * static_cast<size_t>(n_pairs));
    float* values = table.values.data();
    for (const int32_t position : positions) {
        for (int i = 0; i < n_pairs; ++i) {
            const double angle = double(position) * double(rope.frequencies[i]);
            values[i] = static_cast<float>(std::cos(angle) * double(rope.magnitude));
            values[n_pairs + i] = static_cast<float>(std::sin(angle) * double(rope.magnitude));
        }
        values += 2 * n_pairs;
    }
    tables_.push_back(std::move(table));
}

Rotation Rotations::row(const Rope& rope, int64_t row) const
{
    const Table* table = find(rope);
    if (!table)
        return {nullptr, nullptr, 0, RopePairing::none};
    const float* values = table->values.data() + row * 2 * table->n_pairs;
    return {values, values + table->n_pairs, table->n_pairs, rope.pairing};
}

const Rotations::Table* Rotations::find(const Rope& rope) const
{
    const auto table = std::ranges::find_if(tables_, [&rope](const Table& t) {
        return t.frequencies == rope.frequencies && t.magnitude == rope.magnitude
            && t.n_pairs == rope.n_rot / 2;
    });
    return table == tables_.end() ? nullptr : &*table;
}

} // namespace rocmforge::cpu
