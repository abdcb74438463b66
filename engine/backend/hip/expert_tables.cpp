#include "backend/hip/expert_tables.h"

#include <algorithm>
#include <iterator>

namespace rocmforge::hip {

const ExpertTables::Tables* ExpertTables::experts(std::span<const Expert> experts)
{
    const void* key = experts[0].up.weight.data;
    if (const auto found = experts_.find(key); found != experts_.end())
        return &found->second;
    const auto table_of = [&](Linear Expert::* part) {
        std::vector<Linear> linears;
        std::ranges::transform(experts, std::back_inserter(linears), part);
        return make(linears);
    };
    auto gate = table_of(&Expert::gate), up = table_of(&Expert::up), down = table_of(&Expert::down);
    if (!gate || !up || !down)
        return nullptr;
    return &(experts_[key] = {*std::move(gate), *std::move(up), *std::move(down)});
}

const MatrixTable* ExpertTables::heads(std::span<const Weight> heads)
{
    const void* key = heads[0].data;
    if (const auto found = heads_.find(key); found != heads_.end())
        return &found->second;
    std::vector<Linear> linears;
    std::ranges::transform(heads, std::back_inserter(linears),
                           [](const Weight& head) { return Linear{.weight = head}; });
    auto table = make(linears);
    return table ? &(heads_[key] = *std::move(table)) : nullptr;
}

std::optional<MatrixTable> ExpertTables::make(std::span<const Linear> linears)
{
    std::vector<device::Matrix> matrices;
    std::vector<const Adapter*> adapters;
    for (const Linear& linear : linears) {
        matrices.push_back({linear.weight.data, linear.bias});
        adapters.push_back(linear.weight.adapter);
    }
    MatrixTable table{upload(matrices), {}};
    // What changes a tensor changes each of its matrices.
    while (adapters[0]) {
        AdapterTable& added = table.adapters.emplace_back(AdapterTable{adapters[0]});
        std::vector<device::Matrix> down, up;
        for (const Adapter*& adapter : adapters) {
            down.push_back({adapter->down.data, nullptr});
            up.push_back({adapter->up.data, nullptr});
            adapter = adapter->next;
        }
        added.down = upload(down);
        added.up = upload(up);
    }
    return queue_.succeeded({}) ? std::optional(std::move(table)) : std::nullopt;
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
