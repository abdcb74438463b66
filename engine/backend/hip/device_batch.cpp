#include "backend/hip/device_batch.h"

#include "backend/hip/products.h"

#include <algorithm>
#include <bit>

namespace rocmforge::hip {

static_assert(page_tokens == device::page_tokens);

namespace {

constexpr int max_splits = 64;
constexpr size_t page_room = 256; ///< pages by which room for the list grows

} // namespace

void DeviceBatch::begin(const Batch& batch)
{
    transfers_.begin();
    tiles_.clear();
    incomplete_ = false;
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
    sequences_ = transfers_.put(std::span<const device::StateSequence>(sequences));
    for (const AttentionRows& rows : asked_for_)
        tiles_.emplace_back(rows, make_tiles(rows));
    draws_.begin(batch, transfers_);
    // Last, as the list grows with the context, and with room for some time.
    pages_ = transfers_.put(std::span<const int32_t>(pages), (pages.size() / page_room + 1) * page_room);
    transfers_.send();
}

Recordings::Shape DeviceBatch::shape() const
{
    const auto address = [](const void* array) {
        return static_cast<int64_t>(std::bit_cast<intptr_t>(array));
    };
    Recordings::Shape shape{
        batch_.n_tokens(), batch_.n_outputs(),  n_sequences(),       address(tokens_), address(output_rows_),
        address(slots_),   address(positions_), address(sequences_), address(pages_),  int(batch_.output)};
    const Recordings::Shape draws = draws_.shape();
    shape.insert(shape.end(), draws.begin(), draws.end());
    for (const MadeTiles& made : tiles_)
        shape.insert(shape.end(),
                     {made.of.group, address(made.tiles.tiles), made.tiles.n_tiles, made.tiles.rows,
                      made.tiles.most_splits});
    return shape;
}

const int32_t* DeviceBatch::find(std::span<const int32_t> values)
{
    if (values.data() == batch_.tokens.data())
        return tokens_;
    if (values.data() == batch_.positions.data())
        return positions_;
    const int32_t* sent = transfers_.put(values);
    incomplete_ = true;
    transfers_.send();
    return sent;
}

const AttentionTiles& DeviceBatch::attention_tiles(const AttentionRows& rows)
{
    const auto found = std::ranges::find(tiles_, rows, &MadeTiles::of);
    if (found != tiles_.end())
        return found->tiles;
    asked_for_.push_back(rows);
    const AttentionTiles& made = tiles_.emplace_back(rows, make_tiles(rows)).tiles;
    transfers_.send();
    return made;
}

AttentionTiles DeviceBatch::make_tiles(const AttentionRows& of)
{
    int most_rows = 0, most_pages = 0;
    for (const BatchSequence& sequence : batch_.sequences) {
        most_rows = std::max(most_rows, sequence.n_tokens * of.group);
        most_pages =
            std::max(most_pages, (sequence.n_past + sequence.n_tokens + page_tokens - 1) / page_tokens);
    }
    // What few tokens leave is rounded as well, which matrix tiles do not.
    const bool on_matrix_tiles =
        of.on_matrix_tiles > 0 && most_rows > 16 && batch_.n_tokens() > vector_columns;
    const int rows = on_matrix_tiles ? of.on_matrix_tiles : most_rows <= 1 ? 1 : most_rows <= 4 ? 4 : 16;
    std::vector<device::AttentionTile> tiles;
    int32_t pages = 0;
    for (const BatchSequence& sequence : batch_.sequences) {
        const int n_rows = sequence.n_tokens * of.group;
        for (int first = 0; first < n_rows; first += rows)
            tiles.push_back({sequence.first_row, sequence.n_past, pages, first,
                             std::min(rows, n_rows - first), sequence.n_past + sequence.n_tokens});
        pages += static_cast<int32_t>(sequence.pages.size());
    }
    const auto n_tiles = static_cast<int>(tiles.size());
    const int parts = std::clamp(most_pages, 1, max_splits);
    return {transfers_.put(std::span<const device::AttentionTile>(tiles)), n_tiles, rows,
            static_cast<int>(std::bit_floor(static_cast<unsigned>(parts)))};
}

} // namespace rocmforge::hip
