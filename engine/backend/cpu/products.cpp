#include "backend/cpu/products.h"

#include "backend/cpu/weights.h"

#include <algorithm>

namespace rocmforge::cpu {

namespace {

constexpr int tile_columns = 2 * panel_rows;

/// A tile's place: rows of weights and tokens.
struct TilePlace {
    int64_t first_row;
    int first_token;
    int n_tokens;
};

int64_t token_tiles(int n_tokens)
{
    return (n_tokens + max_tile_tokens - 1) / max_tile_tokens;
}

int64_t tile_pairs(const Weight& weight)
{
    return (weight.n_out + tile_columns - 1) / tile_columns;
}

/// Tile `index` of a matrix: all tokens of two panels before the next two, which so stay in the cache.
TilePlace place_of(int64_t index, int n_tokens)
{
    const int64_t per_pair = token_tiles(n_tokens);
    const auto first_token = static_cast<int>(index % per_pair * max_tile_tokens);
    return {index / per_pair * tile_columns, first_token, std::min(max_tile_tokens, n_tokens - first_token)};
}

/// Panels a and b (null: only a) times the input's tokens of that place.
void run_tile(const Kernels& kernels, const ProductInput& input, const Weight& weight, const TilePlace& place,
              const std::byte* a, const std::byte* b, float* out)
{
    const QuantizedBlock* blocks = input.blocks();
    const Multiply multiply = kernels.multiply(weight.format);
    multiply.run({.panels = {a, b},
                  .n_panels = b ? 2 : 1,
                  .format = &format_info(weight.format),
                  .n_in = weight.n_in,
                  .n_tokens = place.n_tokens,
                  .blocks = multiply.takes_codes ? blocks + place.first_token : nullptr,
                  .block_stride = input.n_tokens(),
                  .rows = input.rows() + place.first_token * weight.n_in,
                  .out = out});
}

void multiply_place(const Kernels& kernels, const ProductInput& input, const Product& product,
                    const TilePlace& place)
{
    alignas(64) float sums[max_tile_tokens * tile_columns];
    const Weight& weight = *product.weight;
    const int64_t panel = place.first_row / panel_rows;
    const bool two = place.first_row + panel_rows < weight.n_out;
    run_tile(kernels, input, weight, place, panel_of(weight, panel),
             two ? panel_of(weight, panel + 1) : nullptr, sums);
    kernels.write_tile(
        {.sums = sums,
         .sums_stride = two ? tile_columns : panel_rows,
         .y = product.y + place.first_token * weight.n_out + place.first_row,
         .y_stride = weight.n_out,
         .n_tokens = place.n_tokens,
         .n_columns = static_cast<int>(std::min<int64_t>(tile_columns, weight.n_out - place.first_row)),
         .bias = product.bias ? product.bias + place.first_row : nullptr,
         .scale = product.scale,
         .clamp = product.clamp,
         .accumulate = product.accumulate});
}

/// One panel of gate beside the same one of up.
void multiply_gated_place(const Kernels& kernels, const ProductInput& input, float* h, const Weight& gate,
                          const Weight& up, Activation activation, const TilePlace& place)
{
    alignas(64) float sums[max_tile_tokens * tile_columns];
    const int64_t panel = place.first_row / panel_rows;
    const int64_t n_columns = std::min<int64_t>(panel_rows, gate.n_out - place.first_row);
    run_tile(kernels, input, gate, place, panel_of(gate, panel), panel_of(up, panel), sums);
    for (int64_t t = 0; t < place.n_tokens; ++t) {
        const float* gated = sums + t * tile_columns;
        kernels.activate(h + (place.first_token + t) * gate.n_out + place.first_row, gated,
                         gated + panel_rows, activation, n_columns);
    }
}

} // namespace

Status ProductInput::prepare(const float* x, const Norm* norm, int n_tokens, int64_t n_in, bool codes)
{
    rows_ = x;
    blocks_ = nullptr;
    n_tokens_ = n_tokens;
    if (norm) {
        TRY(std::byte * memory, rows_memory_.reserve(n_tokens * n_in * int64_t{sizeof(float)}));
        rows_ = normed_ = reinterpret_cast<float*>(memory);
    }
    if (codes) {
        const int64_t n_blocks = n_tokens * n_in / quantized_weights;
        TRY(std::byte * memory, blocks_memory_.reserve(n_blocks * int64_t{sizeof(QuantizedBlock)}));
        blocks_ = reinterpret_cast<QuantizedBlock*>(memory);
    }
    if (norm || codes)
        pool_.parallel_for(n_tokens, pool_.chunk_for(n_tokens), [&](int64_t begin, int64_t end, int) {
            for (int64_t row = begin; row < end; ++row)
                prepare_row(x, norm, row, n_in);
        });
    return {};
}

void ProductInput::prepare_row(const float* x, const Norm* norm, int64_t row, int64_t n_in)
{
    if (norm)
        kernels_.norm(normed_ + row * n_in, x + row * n_in, *norm, n_in);
    if (blocks_)
        kernels_.quantize(blocks_ + row, n_tokens_, rows_ + row * n_in, n_in);
}

void multiply(ThreadPool& pool, const Kernels& kernels, const ProductInput& input,
              std::span<const Product> products)
{
    int64_t n_tiles = 0;
    for (const Product& product : products)
        n_tiles += tile_pairs(*product.weight) * token_tiles(input.n_tokens());
    pool.parallel_for(n_tiles, pool.chunk_for(n_tiles), [&](int64_t begin, int64_t end, int) {
        int64_t first = 0; // tile of the product
        for (const Product& product : products) {
            const int64_t n = tile_pairs(*product.weight) * token_tiles(input.n_tokens());
            for (int64_t i = std::max(begin, first); i < std::min(end, first + n); ++i)
                multiply_place(kernels, input, product, place_of(i - first, input.n_tokens()));
            first += n;
        }
    });
}

void multiply_gated(ThreadPool& pool, const Kernels& kernels, const ProductInput& input, float* h,
                    const Weight& gate, const Weight& up, Activation activation)
{
    const int64_t per_panel = token_tiles(input.n_tokens());
    const int64_t n_tiles = panel_count(gate.n_out) * per_panel;
    pool.parallel_for(n_tiles, pool.chunk_for(n_tiles), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            TilePlace place = place_of(i, input.n_tokens());
            place.first_row /= 2;
            multiply_gated_place(kernels, input, h, gate, up, activation, place);
        }
    });
}

} // namespace rocmforge::cpu
