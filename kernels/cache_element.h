// Elements of the KV cache, and one head's rows of them in a page: see KvRows in
// engine/backend/kv_layer.h.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"
#include "quant/half.h"
#include "quant/q8_0.h"

namespace rocmforge::device {

/// Of Q8_0: an element is code · scale.
struct Code {
    int8_t value;
};
constexpr int cache_block = BlockQ8_0::weights;

DEVICE inline float to_float(float element)
{
    return element;
}
DEVICE inline float to_float(Half element)
{
    return half_to_float(element);
}

/// Code i of the four in a word. The shifts become one instruction, which an int8_t does not.
DEVICE inline float code_of(int word, int i)
{
    const auto last = static_cast<int>(static_cast<uint32_t>(word) << (24 - 8 * i));
    return static_cast<float>(last >> 24);
}

/// N consecutive codes, from one load.
template <int N> DEVICE inline void load_codes(int (&words)[(N + 3) / 4], const Code* from)
{
    words[0] = 0; // of which two codes leave a half
    load_bytes<N, N>(words, from);
}

/// (page_tokens, width); `head` counts the heads of all pages before.
template <typename Element> struct CachedHead {
    Element* rows;
    int width;

    template <typename Memory>
    DEVICE CachedHead(Memory* cache, int64_t head, int dim)
        : rows(static_cast<Element*>(cache) + head * page_tokens * dim)
        , width(dim)
    {
    }
    DEVICE Element* row(int token) const { return rows + token * width; }
};

/// Q8_0: codes (page_tokens, width), then scales (width / cache_block, page_tokens), width being dim in
/// whole blocks.
template <typename Element, typename Scale> struct CachedCodes {
    Element* rows;
    Scale* scales;
    int width;

    template <typename Memory> DEVICE CachedCodes(Memory* cache, int64_t head, int dim)
    {
        width = (dim + cache_block - 1) / cache_block * cache_block;
        const int n_scales = width / cache_block * page_tokens;
        const int bytes = page_tokens * width + n_scales * static_cast<int>(sizeof(Scale));
        rows = static_cast<Element*>(cache) + head * bytes;
        scales = static_cast<Scale*>(static_cast<Memory*>(rows + page_tokens * width));
    }
    DEVICE Element* row(int token) const { return rows + token * width; }
    /// Of element d, (page_tokens).
    DEVICE Scale* scales_of(int d) const { return scales + d / cache_block * page_tokens; }
};
template <> struct CachedHead<Code> : CachedCodes<Code, Half> {
    using CachedCodes::CachedCodes;
};
template <> struct CachedHead<const Code> : CachedCodes<const Code, const Half> {
    using CachedCodes::CachedCodes;
};

} // namespace rocmforge::device
