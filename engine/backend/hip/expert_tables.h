// Where the matrices of experts and heads lie, as tables on the device. A table is sent when it is
// first asked for and kept, as the matrices are.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_arena.h"
#include "backend/hip/queue.h"

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace rocmforge::hip {

/// What one adapter adds to each matrix of a table.
struct AdapterTable {
    const Adapter* shape = nullptr; ///< the first matrix's: all have its formats, extents and scale
    const device::Matrix* down = nullptr;
    const device::Matrix* up = nullptr;
};

struct MatrixTable {
    const device::Matrix* matrices = nullptr;
    std::vector<AdapterTable> adapters;
};

class ExpertTables {
public:
    struct Tables {
        MatrixTable gate;
        MatrixTable up;
        MatrixTable down;
    };

    ExpertTables(Queue& queue, DeviceArena& arena)
        : queue_(queue)
        , arena_(arena)
    {
    }

    /// Null, with the queue's error set, where there is no memory.
    [[nodiscard]] const Tables* experts(std::span<const Expert> experts);
    /// Null as above.
    [[nodiscard]] const MatrixTable* heads(std::span<const Weight> heads);

private:
    [[nodiscard]] std::optional<MatrixTable> make(std::span<const Linear> linears);
    [[nodiscard]] const device::Matrix* upload(std::span<const device::Matrix> matrices);

    Queue& queue_;
    DeviceArena& arena_;
    std::unordered_map<const void*, Tables> experts_; ///< by the first matrix on the device
    std::unordered_map<const void*, MatrixTable> heads_; ///< likewise
};

} // namespace rocmforge::hip
