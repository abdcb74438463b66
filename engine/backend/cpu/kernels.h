// The inner loops of the CPU backend, compiled once per instruction set from the sources in simd/
// and chosen at run time.
#pragma once

#include "backend/backend.h"
#include "backend/cpu/simd_level.h"

#include <cstddef>
#include <cstdint>

namespace rocmforge::cpu {

/// 32 activations of one token as 8-bit codes: x[i] ≈ scale · codes[i], |codes[i]| ≤ 127.
struct alignas(64) QuantizedBlock {
    int8_t codes[32];
    float scale;
    float sum; ///< scale · Σ codes
    float half_sums[2]; ///< … of codes 0 … 15 and 16 … 31
    int16_t twice_octet_sums[4]; ///< 2 · Σ codes 8 o … 8 o + 7
    int32_t minus_code_sum; ///< -Σ codes
};
inline constexpr int quantized_weights = 32;

/// Tokens one call of a tile kernel takes: its sums stay in the first-level cache.
inline constexpr int max_tile_tokens = 128;

/// One or two panels times some tokens.
struct Tile {
    const std::byte* panels[2];
    int n_panels;
    const FormatInfo* format;
    int64_t n_in;
    int n_tokens; ///< at most max_tile_tokens
    /// Of formats that multiply codes: (n_in / 32, block_stride), from the tile's first token on.
    const QuantizedBlock* blocks;
    int64_t block_stride;
    /// Of the other formats: (n_tokens, n_in).
    const float* rows;
    float* out; ///< (n_tokens, n_panels · 16), 64-byte aligned
};

/// Where a tile's sums go: y = clamp((sum + bias) · scale), or y += that.
struct TileOutput {
    const float* sums; ///< (n_tokens, sums_stride)
    int64_t sums_stride;
    float* y; ///< (n_tokens, y_stride)
    int64_t y_stride;
    int n_tokens;
    int n_columns;
    const float* bias; ///< (n_columns) or null
    float scale;
    float clamp; ///< 0 = unlimited
    bool accumulate;
};

/// cos and sin (n_rot / 2) of one position's angles, times the magnitude.
struct Rotation {
    const float* cosines;
    const float* sines;
    int n_pairs;
    RopePairing pairing;
};

/// Softmax sums of some rows over some keys: attention = values / weights.
struct AttentionSums {
    float* maxima; ///< (n_rows) largest score
    float* weights; ///< (n_rows) Σ e^(score - maximum)
    float* values; ///< (n_rows, padded v_head_dim) Σ e^(score - maximum) · v
};

/// Queries of one sequence that share a KV head, against the keys of some of its pages. Row r is
/// token r / group, head r % group of the group of heads.
struct AttentionTask {
    const float* q; ///< the sequence's first row, first head of the group
    int64_t q_stride; ///< from token to token
    int group; ///< heads per KV head
    int first_row;
    int n_rows; ///< at most attention_rows
    int n_past; ///< position of the sequence's first row
    int n_positions; ///< of the sequence, its last row included
    const KvLayer* kv;
    int kv_head;
    const int32_t* pages; ///< the sequence's
    int first_page;
    int end_page;
    const Attention* attention;
    AttentionSums sums; ///< written
    float* scratch; ///< attention_scratch_floats(), 64-byte aligned
};
inline constexpr int attention_rows = 32;

/// Joins the sums of n_parts tasks over different pages, `part_stride` floats apart.
struct AttentionMerge {
    AttentionSums sums; ///< of the first part
    int64_t part_stride;
    int n_parts;
    int row; ///< of the tasks
    const float* sink; ///< or null
    float* y; ///< (v_head_dim)
    int v_head_dim;
};

[[nodiscard]] constexpr int64_t padded_to_vector(int64_t n)
{
    return (n + 15) / 16 * 16;
}
[[nodiscard]] constexpr int64_t attention_sums_floats(const KvLayer& kv)
{
    return attention_rows * (2 + padded_to_vector(kv.v_head_dim));
}
[[nodiscard]] constexpr AttentionSums attention_sums(float* memory)
{
    return {memory, memory + attention_rows, memory + 2 * attention_rows};
}
/// Queries, transposed keys, values and scores.
[[nodiscard]] constexpr int64_t attention_scratch_floats(const KvLayer& kv)
{
    return (attention_rows + page_tokens) * padded_to_vector(kv.k_head_dim)
        + page_tokens * padded_to_vector(kv.v_head_dim) + attention_rows * page_tokens;
}

/// Some channels of one sequence's convolution. The state must be set, to zeros at its beginning.
struct ConvolutionTask {
    const Convolution* convolution;
    float* y; ///< the sequence's first row
    const float* x; ///< the same
    float* state;
    int n_tokens;
    int64_t first_channel;
    int64_t n_channels;
};

/// One row of a selective scan's state and one token.
struct ScanRow {
    float* state = nullptr; ///< (n)
    const float* a = nullptr; ///< (n) rates of decay, or null: `decay` it is for all
    float step = 0; ///< Δ
    float decay = 0;
    float input = 0; ///< Δ · x
    const float* b = nullptr; ///< (n)
    const float* c = nullptr; ///< (n)
    int64_t n = 0;
};

/// One row of a delta net's state and one token.
struct DeltaRow {
    float* state = nullptr; ///< (n)
    const float* q = nullptr; ///< (n)
    const float* k = nullptr; ///< (n)
    float v = 0;
    float decay = 0;
    float beta = 0;
    int64_t n = 0;
};

using TileKernel = void (*)(const Tile& tile);

/// A format's product: tiles of codes (integer arithmetic) or of floats.
struct Multiply {
    TileKernel run;
    bool takes_codes;
};

struct Kernels {
    SimdLevel level;
    Multiply (*multiply)(Format format);
    /// Writes n / 32 blocks, `stride` apart.
    void (*quantize)(QuantizedBlock* blocks, int64_t stride, const float* x, int64_t n);
    void (*write_tile)(const TileOutput& output);
    /// h = activation(gate) ∘ up; up null = activation(gate).
    void (*activate)(float* h, const float* gate, const float* up, Activation activation, int64_t n);
    /// One row; groups are the caller's business.
    void (*norm)(float* y, const float* x, const Norm& norm, int64_t width);
    void (*rotate)(float* head, const Rotation& rotation);
    /// x (n) += y · scale.
    void (*add)(float* x, const float* y, float scale, int64_t n);
    /// Writes one token's row of one head of a page.
    void (*store_cached)(std::byte* head, const KvRows& rows, int token, const float* values);
    void (*xielu)(float* h, const float* x, const Xielu& parameters, int64_t n);
    /// One row of Backend::keep_above().
    void (*keep_above)(float* x, float deviations, int64_t width);
    void (*attend)(const AttentionTask& task);
    void (*merge_attention)(const AttentionMerge& merge);
    void (*convolve)(const ConvolutionTask& task);
    /// Advances the state; returns its product with c.
    float (*scan_row)(const ScanRow& row);
    /// Advances the state; returns its product with q.
    float (*delta_row)(const DeltaRow& row);
    /// Reads n bytes (a multiple of 256) and does nothing with them, to measure bandwidth.
    void (*read)(const std::byte* data, int64_t n);
};

/// The kernels of a level this processor has.
[[nodiscard]] const Kernels& kernels(SimdLevel level);

} // namespace rocmforge::cpu
