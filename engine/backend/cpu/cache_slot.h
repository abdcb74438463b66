// One row of the KV cache, element by element: how the reference, and tests, read and write it.
#pragma once

#include "backend/kv_layer.h"

#include <cstddef>
#include <span>
#include <vector>

namespace rocmforge {

/// Where the cache keeps one head of one position.
struct CacheSlot {
    KvRows rows;
    std::byte* head;
    int token; ///< of the page

    /// (rows.dim) each.
    void store(const float* values) const;
    [[nodiscard]] std::vector<float> load() const;

private:
    [[nodiscard]] std::byte* row() const { return head + token * rows.row_bytes(); }
    /// Of block b of a row of codes.
    [[nodiscard]] std::byte* scale(int b) const
    {
        return head + rows.scales_offset() + (int64_t{b} * page_tokens + token) * 2;
    }
    void store_codes(const float* values) const;
    void load_codes(std::span<float> values) const;
};

} // namespace rocmforge
