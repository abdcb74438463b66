// The memory of the paged KV cache: per layer one K and one V buffer of n_pages pages, with the backend
// that computes the layer.
// Which page holds what is the page pool's business.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <vector>

namespace rocmforge {

/// Shape of one layer's cache; n_kv_heads 0 = the layer keeps none.
struct KvShape {
    int n_kv_heads = 0;
    int k_head_dim = 0;
    int v_head_dim = 0;
};

class KvCache {
public:
    /// `backends` has one for each layer; they must outlive the cache. out_of_memory with the bytes wanted.
    [[nodiscard]] static Result<KvCache> create(std::span<Backend* const> backends,
                                                std::span<const KvShape> layers, int n_pages, KvType type);
    /// All layers on one backend.
    [[nodiscard]] static Result<KvCache> create(Backend& backend, std::span<const KvShape> layers,
                                                int n_pages, KvType type);

    [[nodiscard]] const KvLayer& layer(int i) const { return layers_[static_cast<size_t>(i)]; }
    [[nodiscard]] int n_layers() const { return static_cast<int>(layers_.size()); }
    [[nodiscard]] int n_pages() const { return n_pages_; }
    /// Tells caches of one backend apart; null where no layer keeps anything.
    [[nodiscard]] const void* memory() const { return layers_.empty() ? nullptr : layers_.front().k; }
    /// All layers' K and V of one page.
    void copy_page(int32_t to, int32_t from) const;
    /// Bytes of one page over all layers.
    [[nodiscard]] static int64_t page_bytes(std::span<const KvShape> layers, KvType type);

private:
    std::vector<KvLayer> layers_;
    std::vector<Backend*> backends_; ///< of each layer
    int n_pages_ = 0;
};

} // namespace rocmforge
