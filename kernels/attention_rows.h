// The rows of a workgroup of attention (query heads of one KV head, of consecutive tokens) and what they see.
#pragma once

#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// Which keys the tile's rows see.
struct KeyRange {
    int begin;
    int end;
};

DEVICE inline int row_position(const AttentionTile& tile, int row, int group)
{
    return tile.n_past + (tile.first_row + row) / group;
}

DEVICE inline KeyRange visible_keys(const AttentionParameters& p, const AttentionTile& tile, int group)
{
    const int first = row_position(tile, 0, group), last = row_position(tile, tile.n_rows - 1, group);
    const int before = p.causal ? p.window - 1 : p.window / 2;
    const int begin = p.window > 0 ? maximum(0, first - before) : 0;
    if (p.causal)
        return {begin, last + 1};
    return {begin, p.window > 0 ? minimum(tile.n_keys, last + p.window / 2 + 1) : tile.n_keys};
}

/// The pages of the tile that fall to this workgroup, counted from the sequence's first.
struct PageRange {
    int begin;
    int end;
};

DEVICE inline PageRange own_pages(const KeyRange& keys, int n_splits)
{
    const int first = keys.begin / page_tokens;
    const int n = (keys.end + page_tokens - 1) / page_tokens - first;
    return {first + n * group_z() / n_splits, first + n * (group_z() + 1) / n_splits};
}

struct AttentionRow {
    int position;
    int first_key; ///< positions of the first and the last key that the row sees
    int last_key;
    int output; ///< index among the batch's (token, head) pairs
    float slope;
    float sink; ///< minus infinity = none
};

/// Rows that the tile does not have are taken for its last one.
DEVICE inline AttentionRow find_row(const AttentionParameters& p, const AttentionTile& tile, int group, int r)
{
    const int row = tile.first_row + minimum(r, tile.n_rows - 1);
    const int head = group_y() * group + row % group;
    const int position = tile.n_past + row / group;
    const int before = p.window == 0 ? position : p.causal ? p.window - 1 : p.window / 2;
    const int after = p.causal ? 0 : p.window == 0 ? tile.n_keys : p.window / 2;
    return {position,
            position - before,
            minimum(position + after, tile.n_keys - 1),
            (tile.first_token + row / group) * p.n_heads + head,
            p.slopes ? p.slopes[head] : 0,
            p.sinks ? p.sinks[head] : -infinity};
}

/// The score of the key at `position`, `product` being the query's with it; minus infinity where the row does
/// not see it.
DEVICE inline float visible_score(const AttentionRow& row, float soft_cap, float product, int position)
{
    if (position < row.first_key || position > row.last_key)
        return -infinity;
    if (soft_cap > 0)
        product = soft_cap * tanh_of(product / soft_cap);
    const int distance = row.position - position;
    return product - row.slope * static_cast<float>(distance < 0 ? -distance : distance);
}

} // namespace rocmforge::device
