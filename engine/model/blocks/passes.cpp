#include "model/blocks/passes.h"

namespace rocmforge {

Passes::Passes(std::span<Backend* const> backends, const Placement& placement, const Config& config,
               State& state, const Batch& batch)
    : placement_(placement)
    , has_per_layer_(backends.size())
    , crossing_(state.crossing)
{
    for (size_t i = 0; i < backends.size(); ++i)
        passes_.push_back({*backends[i], config, state.devices[i], batch, batch.n_tokens()});
    has_per_layer_[static_cast<size_t>(placement.embedding())] = true;
}

bool Passes::replay(const PassMemory& memory) const
{
    const Pass& last = on(placement_.output());
    if (placement_.is_on_one())
        return last.backend.replay(last.batch, memory);
    for (size_t i = 0; i < passes_.size(); ++i)
        if (placement_.uses(static_cast<int>(i)))
            passes_[i].backend.begin(last.batch);
    return false;
}

void Passes::finish(const Status& status) const
{
    if (placement_.is_on_one())
        return on(placement_.output()).backend.finish();
    if (!status)
        for (const Pass& pass : passes_)
            static_cast<void>(pass.backend.synchronize());
}

Status Passes::move(int from, int to)
{
    if (from == to)
        return {};
    const Pass &here = on(from), &there = on(to);
    const int64_t row_bytes = int64_t{sizeof(float)} * here.n_tokens;
    const Config& config = here.config;
    std::vector<Carried> what{{here.state.x, there.state.x, row_bytes * config.n_embd}};
    if (config.streams.n > 0)
        what = {{here.state.streams, there.state.streams, row_bytes * config.n_embd * config.streams.n}};
    const int64_t per_layer = int64_t{config.n_layers} * config.n_embd_per_layer;
    if (per_layer > 0 && !has_per_layer_[static_cast<size_t>(to)]) {
        what.push_back({here.state.per_layer, there.state.per_layer, row_bytes * per_layer});
        has_per_layer_[static_cast<size_t>(to)] = true;
    }
    return carry(from, to, what);
}

Status Passes::carry(int from, int to, std::span<const Carried> what) const
{
    std::byte* host = crossing_.data();
    for (const Carried& part : what) {
        on(from).backend.download(host, part.from, part.bytes);
        host += part.bytes;
    }
    TRY_STATUS(on(from).backend.synchronize());
    host = crossing_.data();
    for (const Carried& part : what) {
        on(to).backend.write(part.to, host, part.bytes);
        host += part.bytes;
    }
    return {};
}

} // namespace rocmforge
