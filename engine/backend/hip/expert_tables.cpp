#include "backend/hip/expert_tables.h"

#include "backend/hip/launch_parameters.h"

#include <vector>

namespace rocmforge::hip {

ExpertTables::Tables ExpertTables::experts(std::span<const Expert> experts)
{
    const void* key = experts[0].up.weight.data;
    if (const auto found = tables_.find(key); found != tables_.end())
        return found->second;
    std::vector<device::Matrix> gate, up, down;
    for (const Expert& expert : experts) {
        for (const Linear* linear : {&expert.gate, &expert.up, &expert.down})
            if (!queue_.succeeded(check_unadapted(linear->weight, "expert")))
                return {};
        gate.push_back({expert.gate.weight.data, expert.gate.bias});
        up.push_back({expert.up.weight.data, expert.up.bias});
        down.push_back({expert.down.weight.data, expert.down.bias});
    }
    const Tables tables{upload(gate), upload(up), upload(down)};
    if (!tables.gate || !tables.up || !tables.down)
        return {};
    return tables_[key] = tables;
}

const device::Matrix* ExpertTables::heads(std::span<const Weight> heads)
{
    const void* key = heads[0].data;
    if (const auto found = tables_.find(key); found != tables_.end())
        return found->second.gate;
    std::vector<device::Matrix> matrices;
    for (const Weight& head : heads)
        matrices.push_back({head.data, nullptr});
    const Tables tables{.gate = upload(matrices)};
    return tables.gate ? (tables_[key] = tables).gate : nullptr;
}

const device::Matrix* ExpertTables::upload(std::span<const device::Matrix> matrices)
{
    const auto bytes = static_cast<int64_t>(matrices.size_bytes());
    Result<void*> memory = arena_.allocate(bytes);
    if (!memory) {
        queue_.succeeded(std::unexpected(std::move(memory).error()));
        return nullptr;
    }
    queue_.copy(*memory, matrices.data(), bytes);
    // The matrices are the caller's: the copy must be done before they go.
    return queue_.succeeded(queue_.synchronize()) ? static_cast<const device::Matrix*>(*memory) : nullptr;
}

} // namespace rocmforge::hip
