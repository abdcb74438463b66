// Sines and cosines of rotary position embedding, computed once per batch.
#pragma once

#include "backend/cpu/kernels.h"

#include <span>
#include <vector>

namespace rocmforge::cpu {

/// Layers that share frequencies share the table; begin() forgets all.
class Rotations {
public:
    void begin() { tables_.clear(); }

    /// Makes sure the table of these frequencies is there. Angles are computed in double, as F32
    /// would lose the low bits of large positions.
    void prepare(const Rope& rope, std::span<const int32_t> positions);

    /// The rotation of one row, after prepare(); n_pairs is 0 where the rope has no pairing.
    [[nodiscard]] Rotation row(const Rope& rope, int64_t row) const;

private:
    struct Table {
        const float* frequencies;
        float magnitude;
        int n_pairs;
        std::vector<float> values; ///< (n_rows, 2, n_pairs): cosines, sines
    };

    [[nodiscard]] const Table* find(const Rope& rope) const;

    std::vector<Table> tables_;
};

} // namespace rocmforge::cpu
