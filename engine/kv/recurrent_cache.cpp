#include "kv/recurrent_cache.h"

#include <numeric>
#include <string>

namespace rocmforge {

Result<RecurrentCache> RecurrentCache::create(Backend& backend, std::span<const int64_t> layer_sizes,
                                              int n_slots)
{
    return create(std::vector<Backend*>(layer_sizes.size(), &backend), layer_sizes, n_slots);
}

Result<RecurrentCache> RecurrentCache::create(std::span<Backend* const> backends,
                                              std::span<const int64_t> layer_sizes, int n_slots)
{
    RecurrentCache cache;
    cache.n_slots_ = n_slots;
    cache.backends_.assign(backends.begin(), backends.end());
    for (size_t l = 0; l < layer_sizes.size(); ++l) {
        const int64_t size = layer_sizes[l];
        StateSlots& slots = cache.layers_.emplace_back(StateSlots{nullptr, size});
        if (size == 0)
            continue;
        const Result<void*> memory = backends[l]->allocate(size * n_slots * int64_t{sizeof(float)});
        if (!memory)
            return fail(ErrorKind::out_of_memory,
                        "The states of the recurrent layers need "
                            + std::to_string(slot_bytes(layer_sizes) * n_slots >> 20)
                            + " MiB, which are not free.",
                        "Close other programs or choose a smaller model.");
        slots.data = static_cast<float*>(*memory);
        if (!cache.memory_)
            cache.memory_ = slots.data;
    }
    return cache;
}

void RecurrentCache::copy_slot(int32_t to, int32_t from) const
{
    for (size_t l = 0; l < layers_.size(); ++l)
        if (const StateSlots& slots = layers_[l]; slots.data)
            backends_[l]->copy_rows(slots.at(to), slots.stride, slots.at(from), slots.stride, slots.stride,
                                    1);
}

int64_t RecurrentCache::slot_bytes(std::span<const int64_t> layer_sizes)
{
    return std::accumulate(layer_sizes.begin(), layer_sizes.end(), int64_t{0}) * int64_t{sizeof(float)};
}

} // namespace rocmforge
