// One layer's share of the paged KV cache, and how keys and values lie in its pages.
#pragma once

#include "backend/batch.h"
#include "quant/q8_0.h"

#include <rocmforge/kv_type.h>

#include <cstddef>
#include <cstdint>

namespace rocmforge {

/// One head's keys or values of a page's tokens, (page_tokens, dim).
///
/// F32 and F16: as that. Q8_0: (page_tokens, width) codes of 8 bits, width being dim in whole blocks of 32
/// (codes beyond dim are zero); after them (width / 32, page_tokens) scales in half precision. An element is
/// code · scale, as in the format of that name, but its blocks of 34 bytes would leave every load
/// unaligned: here rows, heads and pages begin at multiples of 32 bytes. Scales of one block lie side by
/// side for consecutive tokens, as tokens are what lanes have in a product with keys, and what a lane
/// takes some of in one with values.
struct KvRows {
    static constexpr int block = BlockQ8_0::weights;

    KvType type = KvType::f16;
    int dim = 0;

    [[nodiscard]] constexpr int n_blocks() const { return (dim + block - 1) / block; }
    /// From the elements (or codes) of one token to those of the next.
    [[nodiscard]] constexpr int64_t row_bytes() const
    {
        switch (type) {
        case KvType::f32:
            return int64_t{dim} * 4;
        case KvType::f16:
            return int64_t{dim} * 2;
        case KvType::q8_0:
            break;
        }
        return int64_t{n_blocks()} * block;
    }
    /// Where the scales begin: (n_blocks, page_tokens).
    [[nodiscard]] constexpr int64_t scales_offset() const { return page_tokens * row_bytes(); }
    [[nodiscard]] constexpr int64_t bytes() const
    {
        return scales_offset() + (type == KvType::q8_0 ? int64_t{n_blocks()} * page_tokens * 2 : 0);
    }
};

/// K and V of one layer, in backend memory: page p of K starts at k + p · k_page_bytes() and has the KvRows
/// of one head after the other.
struct KvLayer {
    void* k = nullptr;
    void* v = nullptr;
    KvType type = KvType::f16;
    int n_kv_heads = 0;
    int k_head_dim = 0;
    int v_head_dim = 0;

    [[nodiscard]] constexpr KvRows k_rows() const { return {type, k_head_dim}; }
    [[nodiscard]] constexpr KvRows v_rows() const { return {type, v_head_dim}; }
    [[nodiscard]] constexpr int64_t k_page_bytes() const { return n_kv_heads * k_rows().bytes(); }
    [[nodiscard]] constexpr int64_t v_page_bytes() const { return n_kv_heads * v_rows().bytes(); }

    /// One head's rows in a page.
    [[nodiscard]] std::byte* k_head(int32_t page, int kv_head) const
    {
        return static_cast<std::byte*>(k) + page * k_page_bytes() + kv_head * k_rows().bytes();
    }
    [[nodiscard]] std::byte* v_head(int32_t page, int kv_head) const
    {
        return static_cast<std::byte*>(v) + page * v_page_bytes() + kv_head * v_rows().bytes();
    }
};

} // namespace rocmforge
