#include "backend/hip/device_batch.h"

#include <algorithm>

namespace rocmforge::hip {

static_assert(page_tokens == device::page_tokens);

void DeviceBatch::begin(const Batch& batch)
{
    transfers_.clear();
    tiles_.clear();
    batch_ = batch;
    std::vector<int32_t> slots(batch.tokens.size()), pages;
    std::vector<device::StateSequence> sequences;
    for (const BatchSequence& sequence : batch.sequences) {
        // Models without attention need no pages.
        for (int i = 0; i < sequence.n_tokens && !sequence.pages.empty(); ++i) {
            const int position = sequence.n_past + i;
            const int32_t page = sequence.pages[static_cast<size_t>(position / page_tokens)];
            slots[static_cast<size_t>(sequence.first_row + i)] = page * page_tokens + position % page_tokens;
        }
        pages.insert(pages.end(), sequence.pages.begin(), sequence.pages.end());
        sequences.push_back({sequence.first_row, sequence.n_tokens, sequence.n_past, sequence.slot});
    }
    tokens_ = transfers_.put(batch.tokens);
    positions_ = transfers_.put(batch.positions);
    output_rows_ = transfers_.put(batch.output_rows);
    slots_ = transfers_.put(std::span<const int32_t>(slots));
    pages_ = transfers_.put(std::span<const int32_t>(pages));
    sequences_ = transfers_.put(std::span<const device::StateSequence>(sequences));
}

const int32_t* DeviceBatch::find(std::span<const int32_t> values)
{
    if (values.data() == batch_.tokens.data())
        return tokens_;
    if (values.data() == batch_.positions.data())
        return positions_;
    return transfers_.put(values);
}

const AttentionTiles& DeviceBatch::attention_tiles(int group)
{
    const auto found = std::ranges::find(tiles_, group, &GroupTiles::group);
    if (found != tiles_.end())
        return found->tiles;
    return tiles_.emplace_back(group, make_tiles(group)).tiles;
}

AttentionTiles DeviceBatch::make_tiles(int group)
{
    int most_rows = 0, most_pages = 0;
    for (const BatchSequence& sequence : batch_.sequences) {
        most_rows = std::max(most_rows, sequence.n_tokens * group);
        most_pages =
            std::max(most_pages, (sequence.n_past + sequence.n_tokens + page_tokens - 1) / page_tokens);
    }
    const int rows = most_rows <= 1 ? 1 : most_rows <= 4 ? 4 : 16;
    std::vector<device::AttentionTile> tiles;
    int32_t pages = 0;
    for (const BatchSequence& sequence : batch_.sequences) {
        const int n_rows = sequence.n_tokens * group;
        for (int first = 0; first < n_rows; first += rows)
            tiles.push_back({sequence.first_row, sequence.n_past, pages, first,
                             std::min(rows, n_rows - first), sequence.n_past + sequence.n_tokens});
        pages += static_cast<int32_t>(sequence.pages.size());
    }
    const auto n_tiles = static_cast<int>(tiles.size());
    return {transfers_.put(std::span<const device::AttentionTile>(tiles)), n_tiles, rows, most_pages};
}

} // namespace rocmforge::hip
