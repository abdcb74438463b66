// The batch of a forward pass as the kernels see it.
#pragma once

#include "backend/batch.h"
#include "backend/hip/draws.h"
#include "backend/hip/recordings.h"
#include "backend/hip/transfers.h"

#include <span>
#include <vector>

namespace rocmforge::hip {

/// The rows of a layer's attention.
struct AttentionRows {
    int group = 1; ///< query heads that share a KV head
    int on_matrix_tiles = 0; ///< rows that those take at once; 0 = they cannot
    bool operator==(const AttentionRows&) const = default;
};

/// Attention rows cut into tiles of at most `rows` rows, see kernels/parameters.h.
struct AttentionTiles {
    const device::AttentionTile* tiles = nullptr; ///< device memory
    int n_tiles = 0;
    int rows = 0; ///< 1, 4 or 16, or more on matrix tiles
    int most_splits = 1; ///< parts of the longest context, none too short; a power of two
};

class DeviceBatch {
public:
    DeviceBatch(Queue& queue, Transfers& transfers)
        : transfers_(transfers)
        , draws_(queue)
    {
    }

    /// Sends the batch to the device, with the attention tiles that earlier batches needed.
    void begin(const Batch& batch);
    /// Replaces tokens that were drawn on the device.
    void resolve_tokens() { draws_.resolve(tokens_, batch_); }
    /// Batches of the same shape have their arrays at the same places, and take the same launches.
    [[nodiscard]] Recordings::Shape shape() const;

    /// The batch's tokens or positions where `values` is one of them, else a copy of the values.
    [[nodiscard]] const int32_t* find(std::span<const int32_t> values);
    [[nodiscard]] const int32_t* tokens() const { return tokens_; }
    [[nodiscard]] const int32_t* positions() const { return positions_; }
    [[nodiscard]] const int32_t* output_rows() const { return output_rows_; }
    /// (n_tokens) page · page_tokens + place in the page, of each token in the cache.
    [[nodiscard]] const int32_t* slots() const { return slots_; }
    /// The pages of all sequences, one after the other.
    [[nodiscard]] const int32_t* pages() const { return pages_; }
    /// (n_sequences)
    [[nodiscard]] const device::StateSequence* sequences() const { return sequences_; }
    [[nodiscard]] int64_t n_sequences() const { return static_cast<int64_t>(batch_.sequences.size()); }
    [[nodiscard]] const AttentionTiles& attention_tiles(const AttentionRows& rows);
    [[nodiscard]] Draws& draws() { return draws_; }
    /// find() had to send something after begin().
    [[nodiscard]] bool was_incomplete() const { return incomplete_; }

private:
    struct MadeTiles {
        AttentionRows of;
        AttentionTiles tiles;
    };
    [[nodiscard]] AttentionTiles make_tiles(const AttentionRows& rows);

    Transfers& transfers_;
    Draws draws_;
    Batch batch_;
    int32_t* tokens_ = nullptr;
    const int32_t* positions_ = nullptr;
    const int32_t* output_rows_ = nullptr;
    const int32_t* slots_ = nullptr;
    const int32_t* pages_ = nullptr;
    const device::StateSequence* sequences_ = nullptr;
    std::vector<AttentionRows> asked_for_;
    std::vector<MadeTiles> tiles_; ///< of this batch
    bool incomplete_ = false;
};

} // namespace rocmforge::hip
