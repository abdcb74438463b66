// What the host gives each kernel: one struct per kernel, passed by value. Pointers are to device
// memory; shapes are row-major, as in engine/backend/backend.h.
#pragma once

#include <stdint.h>

namespace rocmforge::device {

/// Threads per workgroup of kernels that do not say otherwise.
constexpr int workgroup_threads = 256;
/// Tokens per page of the KV cache.
constexpr int page_tokens = 32;

/// Activations that are rounded together.
constexpr int rounding_group = 32;

/// value = scale · code; sum = the group's values' sum.
struct RoundedScale {
    float scale;
    float sum;
};

/// n values rounded to 8 bits, n a multiple of rounding_group. Null where a kernel is not to round.
struct Rounded {
    int8_t* codes; ///< (n)
    RoundedScale* scales; ///< (n / rounding_group)
};

/// An RMS norm that rows were not divided by yet when they were rounded; null = none.
struct PendingNorm {
    const float* squares; ///< (n_rows, width / rounding_group): sums of those of each group
    float eps;
};

constexpr int max_fields = 4;

/// Fields of a block; none = its blocks lie as in the file.
struct PlaneFields {
    int32_t n = 0;
    struct Field {
        int32_t offset;
        int32_t bytes;
    } fields[max_fields] = {};
};

/// split_blocks: grid (n_blocks · block_bytes / 2 / workgroup_threads). Blocks first … of a matrix of
/// n_blocks, which lie one after the other, move to its planes.
struct SplitParameters {
    uint16_t* planes;
    const uint16_t* blocks; ///< the first one's
    int64_t first;
    int64_t n_moved;
    int64_t n_blocks;
    PlaneFields fields;
    int32_t block_bytes;
};

/// embed_<format>: grid (n_tokens).
struct EmbedParameters {
    float* x; ///< (n_tokens, width)
    const void* table;
    const int32_t* tokens; ///< null = row i is of token i
    int64_t n_rows; ///< of the table
    int32_t row_blocks;
    int32_t width;
    float scale;
};

constexpr int max_norm_threads = 1024;

/// norm_rows: grid (n_rows), n_threads.
struct NormParameters {
    float* y; ///< (n_rows, width)
    Rounded rounded; ///< y's; null codes = not wanted
    const float* x;
    const int32_t* rows; ///< row i of y is of row rows[i] of x; null = row i
    const float* weight; ///< (groups, width) or null
    const float* bias; ///< (groups, width) or null
    int32_t width;
    int32_t n_threads;
    int32_t groups;
    float eps;
    int32_t centered; ///< subtract the mean
};

/// A weight matrix and its bias (null = none).
struct Matrix {
    const void* weight;
    const float* bias;
};

struct ProductOutput {
    float* out; ///< (n_columns, stride)
    Matrix matrix; ///< (n_out, n_in)
    int64_t stride;
    int32_t n_out;
    float clamp; ///< 0 = unlimited
    int32_t second_format; ///< of the two that the kernel is for
};

constexpr int max_outputs = 3;

/// round_rows: grid (n / workgroup_threads).
struct RoundParameters {
    Rounded rounded;
    const float* x; ///< (n)
    int64_t n;
};

/// Elements of n_in that tiles take at a time: rows of halves are that much longer than n_in, at most.
constexpr int halves_step = 64;

/// halve_rows: grid (n_rows). x[r] = scales[r] · halves[r], the scale a power of two that makes the
/// largest magnitude of the row one between 2^14 and 2^15.
struct HalveParameters {
    uint16_t* halves; ///< (n_rows, stride): zeros beyond n_in
    float* scales; ///< (n_rows)
    const float* x; ///< rows x_stride apart
    int64_t x_stride;
    int32_t n_in;
    int32_t stride; ///< n_in, rounded up to halves_step
};

/// Columns that a workgroup multiplies with one matrix.
struct ColumnTile {
    int32_t matrix;
    int32_t first; ///< in the order of columns
    int32_t n; ///< 0 = nothing to do
};

constexpr int max_matrices = 1024;

/// group_columns: one workgroup of workgroup_threads. Sorts columns by their matrices, for tiles of at most
/// tile_columns columns.
struct GroupParameters {
    ColumnTile* tiles; ///< (n_tiles), enough for every choice
    int32_t* order; ///< (n_columns) columns of one matrix beside each other
    const int32_t* chosen; ///< as in ProductParameters
    int32_t n_columns;
    int32_t n_choices; ///< at most max_matrices
    int32_t tile_columns;
    int32_t n_tiles;
};

/// out[c, o] = clamp((x[c] · weight[o] + bias[o]) · scale), for up to three matrices of one format.
/// product_<format>_1: one wave per output row, grid (rows in all / waves, n_columns).
/// product_<format>_8: the same for up to eight columns at once, grid (rows in all / waves).
/// code_product_<format>_1 and _8: likewise, of rounded activations; grid (rows in all / waves).
/// code_product_<format>_chosen: of rounded activations, grid (rows / waves, n_columns).
/// code_product_<format>_<second format>_1 and _8: likewise, each output in one of two formats.
/// product_<format>_tile_<n>: n rows by n columns, grid (n_columns / n, Σ n_out / n), 2 n threads.
struct ProductParameters {
    ProductOutput outputs[max_outputs]; ///< unused ones have n_out 0
    const float* x;
    const uint16_t* halves; ///< in place of x in tiles, but of F32: (n_columns, n_in up to halves_step)
    Rounded rounded; ///< in place of x in code_product: (n_columns, n_in)
    PendingNorm pending; ///< rounded's
    int64_t x_stride;
    int32_t row_blocks;
    int32_t n_in;
    int32_t n_columns;
    float scale;
    int32_t accumulate; ///< add to what is in out, and clamp the sum
    const float* halves_scales; ///< what halves of each row of x are to be multiplied by
    // Each column with a matrix of its own, in product_<format>_1, code_product_<format>_chosen and, with
    // tiles, product_<format>_tile_64 only.
    const Matrix* choices; ///< null = the one of the output
    const int32_t* chosen; ///< (n_columns) index into choices; null = the column modulo n_choices
    const float* column_scales; ///< (n_columns) on x, or null
    const ColumnTile* tiles; ///< (grid.x)
    const int32_t* order; ///< (n_columns) of the tiles
    int32_t n_choices;
    int32_t columns_per_x; ///< consecutive columns that share a row of x
};

enum class ActivationKind : int32_t { silu, gelu, gelu_tanh, relu };

/// gated_product_<format>_1 and _8: h = activation(x · gate) ∘ (x · up) of rounded activations, for one
/// or up to eight columns; grid (n_out / rounding_group). gated_product_<format>_chosen: of columns with
/// matrices of their own; grid (n_out / rounding_group, columns), n_columns being 1.
struct GatedParameters {
    float* h; ///< (n_columns, n_out)
    Rounded rounded; ///< h's
    const void* gate; ///< (n_out, n_in)
    const void* up;
    const Matrix* gates; ///< of columns with matrices of their own, see ProductParameters; else null
    const Matrix* ups;
    const int32_t* chosen;
    const float* column_scales;
    int32_t columns_per_x;
    Rounded x; ///< (n_columns, n_in)
    PendingNorm pending; ///< x's
    int32_t row_blocks;
    int32_t n_in;
    int32_t n_out; ///< a multiple of rounding_group
    int32_t n_columns;
    ActivationKind activation;
};

/// A wave per row where registers allow.
template <int Columns> constexpr int residual_threads = Columns == 1 ? 1024 : 512;

/// residual_product_<format>_1 and _8: x += (y · weight + bias) · scale of rounded activations, for one or
/// up to eight columns, and x ∘ norm rounded for products that divide by its root mean square; grid
/// (n_out / rounding_group), residual_threads.
struct ResidualParameters {
    float* x; ///< (n_columns, n_out)
    Rounded rounded; ///< (n_columns, n_out)
    float* squares; ///< of x, see PendingNorm
    const float* norm; ///< (n_out) or null
    Matrix matrix; ///< (n_out, n_in)
    Rounded y; ///< (n_columns, n_in)
    int32_t row_blocks;
    int32_t n_in;
    int32_t n_out; ///< a multiple of rounding_group
    int32_t n_columns;
    float scale;
};

enum class RotationPairing : int32_t { none, interleaved, half_split };

/// Norm of one head; weight null = none.
struct HeadNorm {
    const float* weight;
    const float* bias;
    float eps;
    int32_t centered;
};

/// rope_append_<f32|f16|q8_0>: grid (n_tokens, n_heads + 2 · n_kv_heads), 64 threads.
struct RopeParameters {
    float* q; ///< (n_tokens, n_heads, k_dim), in place
    float* k; ///< (n_tokens, n_kv_heads, k_dim), in place
    const float* v; ///< (n_tokens, n_kv_heads, v_dim)
    void* k_cache; ///< pages of n_kv_heads heads, see CachedHead
    void* v_cache;
    const int32_t* positions; ///< (n_tokens)
    const int32_t* slots; ///< (n_tokens) page · page_tokens + place in the page
    const float* frequencies; ///< (n_rot / 2)
    HeadNorm q_norm, k_norm;
    int32_t n_heads, n_kv_heads, k_dim, v_dim;
    int32_t n_rot;
    RotationPairing pairing;
    float magnitude;
    int32_t norm_first; ///< before the rotation
};

/// Elements of the longest head that kernels take.
constexpr int max_k_dim = 576;
constexpr int max_v_dim = 512;

/// Rows of one sequence: row r is token r / group of the sequence's new ones, query head r % group of
/// the KV head's group.
struct AttentionTile {
    int32_t first_token; ///< the sequence's first row in the batch
    int32_t n_past;
    int32_t pages; ///< where the sequence's pages begin in the list
    int32_t first_row;
    int32_t n_rows;
    int32_t n_keys; ///< that the sequence has, its new ones included
};

/// Rows of a tile of attention_<f16|q8_0>_tile_<Dim>, as local memory allows.
template <int Dim> constexpr int attention_tile_rows = Dim > 128 ? 32 : 64;

/// attention_<f32|f16|q8_0>_<rows>: grid (n_tiles, n_kv_heads, n_splits); tiles have at most `rows` rows.
/// attention_<f16|q8_0>_tile_<Dim>: the same for heads of at most Dim elements, as halves.
struct AttentionParameters {
    float* y; ///< (n_tokens, n_heads, v_dim)
    Rounded rounded; ///< y's; null codes = not wanted
    const float* q; ///< (n_tokens, n_heads, k_dim)
    const void* k_cache;
    const void* v_cache;
    const AttentionTile* tiles;
    const int32_t* pages;
    float* partial; ///< (n_splits, n_tokens · n_heads, v_dim + 2): sums, largest score, sum of weights
    int* finished; ///< (n_tiles, n_kv_heads) splits that are done: zero before and after
    const float* sinks; ///< (n_heads) or null
    const float* slopes; ///< (n_heads) or null
    int64_t n_outputs; ///< n_tokens · n_heads
    int32_t n_heads, n_kv_heads, k_dim, v_dim;
    int32_t window; ///< 0 = all
    int32_t causal; ///< no later positions are seen, see Attention
    int32_t n_splits;
    float scale;
    float soft_cap; ///< 0 = none
};

/// The elementwise kernels: grid (n / workgroup_threads), one thread per element i.
struct ElementwiseParameters {
    float* y = nullptr;
    const float* a = nullptr;
    const float* b = nullptr; ///< may be null in activate
    int64_t n = 0;
    int64_t width = 1; ///< of a row
    float factor = 0;
    ActivationKind activation = ActivationKind::silu;
};

/// scale_by_position: y[i] *= 1 + scale · ln(1 + ⌊position / length⌋), grid as above.
struct PositionScaleParameters {
    float* y; ///< (n_tokens, width)
    const int32_t* positions; ///< (n_tokens)
    int64_t n;
    int64_t width;
    float scale;
    int32_t length;
};

/// xielu: y = slope · x + (x > 0 ? positive · x² : negative · (e^min(x, limit) - 1 - x)), grid as above.
struct XieluParameters {
    float* y;
    const float* x;
    int64_t n;
    float positive, negative, slope, limit;
};

/// mix: y (n_rows, n_out, width) += weights (n_rows, n_out, n_in) · x (n_rows, n_in, width); grid as above,
/// over the n elements of y.
struct MixParameters {
    float* y;
    const float* x;
    const float* weights;
    int64_t n;
    int64_t width;
    int64_t x_stride; ///< between rows; 0 = they share x
    int32_t n_out, n_in;
};

/// keep_above and match_power: grid (n_rows), n_threads.
struct RowParameters {
    float* y; ///< (n_rows, width)
    const float* x; ///< the same; null in keep_above
    int32_t width;
    int32_t n_threads; ///< at most max_norm_threads
    float deviations; ///< of keep_above
};

/// copy_rows: grid (width · n_rows / workgroup_threads).
struct CopyRowsParameters {
    float* to;
    const float* from;
    int64_t to_stride, from_stride;
    int64_t width, n_rows;
};

enum class RouteGating : int32_t { softmax, sigmoid, softmax_of_chosen, sigmoid_of_chosen };

constexpr int max_experts = 1024;
constexpr int max_experts_used = 64;

/// moe_route: grid (n_tokens), one wave.
struct RouteParameters {
    int32_t* experts; ///< (n_tokens, n_used)
    float* weights; ///< (n_tokens, n_used)
    const float* logits; ///< (n_tokens, n_experts)
    const float* selection_bias; ///< (n_experts) or null
    const float* expert_scales; ///< (n_experts) or null
    int32_t n_experts, n_used;
    int32_t n_groups, n_groups_used;
    RouteGating gating;
    int32_t normalized;
    float scale;
};

/// moe_combine: y[t, i] = Σ_s weights[t, s] · parts[t, s, i]; grid (n_tokens · width / workgroup_threads).
struct CombineParameters {
    float* y; ///< (n_tokens, width)
    const float* parts; ///< (n_tokens, n_used, width)
    const float* weights; ///< (n_tokens, n_used); null = 1
    int64_t n; ///< n_tokens · width
    int32_t width, n_used;
};

/// Elements of the longest row of a recurrent state.
constexpr int max_state_row = 256;

/// A sequence's rows and the slot of its states.
struct StateSequence {
    int32_t first_row;
    int32_t n_tokens;
    int32_t n_past; ///< 0 = its state is zero, whatever the slot holds
    int32_t slot;
};

/// short_convolution: grid (width / workgroup_threads, n_sequences).
struct ConvolutionParameters {
    float* y; ///< (n_tokens, width)
    const float* x;
    float* states; ///< (kernel - 1, width) each
    const StateSequence* sequences;
    const float* weight; ///< (width, kernel)
    const float* bias; ///< (width) or null
    int64_t state_stride;
    int32_t width;
    int32_t kernel;
    int32_t silu;
};

/// selective_scan: one wave per state row, grid (n_heads · head_dim / waves, n_sequences).
struct ScanParameters {
    float* y; ///< (n_tokens, n_heads · head_dim)
    const float* x; ///< rows x_stride apart
    const float* b; ///< (n_groups · n_state), rows bc_stride apart
    const float* c;
    const float* dt; ///< (n_tokens, n_heads)
    float* states; ///< (n_heads, head_dim, n_state) each
    const StateSequence* sequences;
    const float* a; ///< (n_heads, a_width)
    const float* d; ///< (n_heads)
    const float* dt_bias; ///< (n_heads) or null
    int64_t x_stride, bc_stride, state_stride;
    int32_t n_heads, head_dim, n_state, n_groups, a_width;
};

/// gated_delta_rule: one wave per state row, grid (n_v_heads · v_dim / waves, n_sequences).
struct DeltaParameters {
    float* y; ///< (n_tokens, n_v_heads · v_dim)
    const float* qkv; ///< (n_tokens, 2 · n_k_heads · k_dim + n_v_heads · v_dim)
    const float* alpha; ///< (n_tokens, n_v_heads)
    const float* beta; ///< (n_tokens, n_v_heads)
    float* states; ///< (n_v_heads, v_dim, k_dim) each
    const StateSequence* sequences;
    const float* a; ///< (n_v_heads)
    const float* dt_bias; ///< (n_v_heads)
    int64_t state_stride;
    int32_t n_k_heads, n_v_heads, k_dim, v_dim;
    int32_t consecutive; ///< which key head a value head takes, see KeySharing
    float eps;
};

/// resolve_tokens: tokens that were not known when they were sent, -1 - i = the one drawn for output i.
/// grid (n / workgroup_threads).
struct ResolveParameters {
    int32_t* tokens; ///< (n)
    const int32_t* drawn;
    int32_t n;
};

/// How one token is drawn.
struct DrawRow {
    float temperature; ///< 0 = the most probable token
    int32_t top_k; ///< 0 = all
    float top_p;
    float min_p;
    float repetition_penalty, presence_penalty, frequency_penalty;
    int32_t window; ///< where the tokens that penalties look back upon begin
    int32_t n_window; ///< -1 = no penalties
    int32_t row; ///< of the batch, whose token is the last one looked back upon
    int32_t n_candidates; ///< to be ranked; 0 = none
    uint32_t seed[2], counter[2]; ///< low half first
};

/// Logits of one workgroup of draw_candidates, and how many it passes on at most: a row whose top_k is
/// more, or none, is drawn from all logits.
constexpr int draw_slice = 1536;
constexpr int max_candidates = 64;
constexpr int draw_threads = 1024;

/// A token with its logit as a number that is the greater, the more probable: of equals, the lower token.
using CandidateKey = uint64_t;

/// draw_candidates: penalties, and the best of each slice of logits; grid (vocab_size / draw_slice, n_rows).
/// draw_tokens: grid (n_rows), draw_threads.
struct DrawParameters {
    int32_t* drawn; ///< (n_rows), -1 where logits are not numbers or exclude every token
    float* logits; ///< (n_rows, vocab_size)
    const DrawRow* rows;
    const int32_t* windows;
    const int32_t* tokens; ///< of the batch
    CandidateKey* candidates; ///< (n_rows, n_slices, max_candidates), none = 0
    CandidateKey* least; ///< (n_rows) that top-k, top-p and min-p leave, where a token was drawn
    int32_t vocab_size;
    int32_t n_slices;
};

/// What a softmax needs of a slice: the sum of e^(logit - best).
struct SliceSum {
    float sum;
    float best;
};

/// rank_slices: the best of each slice of the rows that ask for candidates; grid
/// (vocab_size / draw_slice, n_rows).
struct RankSlicesParameters {
    SliceSum* sums; ///< (n_rows, n_slices)
    CandidateKey* candidates; ///< as draw_candidates'
    const float* logits; ///< (n_rows, vocab_size)
    const DrawRow* rows;
    int32_t vocab_size;
    int32_t n_slices;
};

constexpr int most_ranked = 30;

/// The most probable tokens of a row, best first.
struct Ranking {
    float probability; ///< of the token drawn
    int32_t n; ///< 0 where none were asked for, or no token was drawn
    int32_t tokens[most_ranked];
    float probabilities[most_ranked]; ///< by all logits
    int32_t kept[most_ranked]; ///< whether top-k, top-p and min-p leave it
};

/// rank_candidates: grid (n_rows), draw_threads.
struct RankParameters {
    Ranking* rankings; ///< (n_rows)
    const CandidateKey* candidates; ///< of rank_slices
    const SliceSum* sums;
    const float* logits;
    const DrawRow* rows;
    const int32_t* drawn; ///< of draw_tokens
    const CandidateKey* least;
    int32_t vocab_size;
    int32_t n_slices;
};

} // namespace rocmforge::device
