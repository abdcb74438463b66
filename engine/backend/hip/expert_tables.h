// Where the matrices of experts and heads lie, as tables on the device. A table is sent when it is
// first asked for and kept, as the matrices are.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_arena.h"
#include "backend/hip/queue.h"

#include <span>
#include <unordered_map>

namespace rocmforge::hip {

class ExpertTables {
public:
    /// All null, with the queue's error set, where there is no memory or an expert carries an adapter.
    struct Tables {
        const device::Matrix* gate = nullptr;
        const device::Matrix* up = nullptr;
        const device::Matrix* down = nullptr;
    };

    ExpertTables(Queue& queue, DeviceArena& arena)
        : queue_(queue)
        , arena_(arena)
    {
    }

    [[nodiscard]] Tables experts(std::span<const Expert> experts);
    /// Null, with the queue's error set, where there is no memory.
    [[nodiscard]] const device::Matrix* heads(std::span<const Weight> heads);

private:
    [[nodiscard]] const device::Matrix* upload(std::span<const device::Matrix> matrices);

    Queue& queue_;
    DeviceArena& arena_;
    std::unordered_map<const void*, Tables> tables_; ///< by the first matrix on the device
};

} // namespace rocmforge::hip
