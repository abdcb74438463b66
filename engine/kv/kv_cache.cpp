#include "kv/kv_cache.h"

namespace rocmforge {
namespace {

KvLayer empty_layer(const KvShape& shape, KvType type)
{
    return {nullptr, nullptr, type, shape.n_kv_heads, shape.k_head_dim, shape.v_head_dim};
}

Result<void*> allocate_pages(Backend& backend, int64_t page_bytes, int n_pages)
{
    if (page_bytes == 0)
        return nullptr;
    return backend.allocate(page_bytes * n_pages);
}

std::unexpected<Error> out_of_memory(int64_t bytes)
{
    return fail(ErrorKind::out_of_memory,
                "The KV cache needs " + std::to_string(bytes >> 20) + " MiB, which are not free.",
                "Choose a smaller context or a Q8_0 cache, or close other programs.");
}

} // namespace

Result<KvCache> KvCache::create(Backend& backend, std::span<const KvShape> layers, int n_pages, KvType type)
{
    return create(std::vector<Backend*>(layers.size(), &backend), layers, n_pages, type);
}

Result<KvCache> KvCache::create(std::span<Backend* const> backends, std::span<const KvShape> layers,
                                int n_pages, KvType type)
{
    KvCache cache;
    cache.n_pages_ = n_pages;
    cache.backends_.assign(backends.begin(), backends.end());
    for (size_t l = 0; l < layers.size(); ++l) {
        KvLayer layer = empty_layer(layers[l], type);
        const Result<void*> k = allocate_pages(*backends[l], layer.k_page_bytes(), n_pages);
        const Result<void*> v = allocate_pages(*backends[l], layer.v_page_bytes(), n_pages);
        if (!k || !v)
            return out_of_memory(page_bytes(layers, type) * n_pages);
        layer.k = *k;
        layer.v = *v;
        cache.layers_.push_back(layer);
    }
    return cache;
}

void KvCache::copy_page(int32_t to, int32_t from) const
{
    for (size_t l = 0; l < layers_.size(); ++l)
        if (layers_[l].n_kv_heads > 0)
            backends_[l]->copy_page(layers_[l], to, from);
}

int64_t KvCache::page_bytes(std::span<const KvShape> layers, KvType type)
{
    int64_t bytes = 0;
    for (const KvShape& shape : layers) {
        const KvLayer layer = empty_layer(shape, type);
        bytes += layer.k_page_bytes() + layer.v_page_bytes();
    }
    return bytes;
}

} // namespace rocmforge
