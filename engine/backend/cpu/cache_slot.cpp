#include "backend/cpu/cache_slot.h"

#include "quant/block_quantizers.h"
#include "quant/formats.h"

#include <algorithm>
#include <cstring>

namespace rocmforge {
namespace {

const FormatInfo& element_format(KvType type)
{
    return format_info(type == KvType::f32 ? Format::f32 : Format::f16);
}

/// Elements of block b of a row.
size_t block_size(const KvRows& rows, int b)
{
    return static_cast<size_t>(std::min(KvRows::block, rows.dim - b * KvRows::block));
}

} // namespace

void CacheSlot::store(const float* values) const
{
    if (rows.type == KvType::q8_0)
        store_codes(values);
    else
        element_format(rows.type).quantize(values, row(), rows.dim);
}

std::vector<float> CacheSlot::load() const
{
    std::vector<float> values(static_cast<size_t>(rows.dim));
    if (rows.type == KvType::q8_0)
        load_codes(values);
    else
        element_format(rows.type).dequantize(row(), values.data(), rows.dim);
    return values;
}

void CacheSlot::store_codes(const float* values) const
{
    for (int b = 0; b < rows.n_blocks(); ++b) {
        float padded[KvRows::block] = {};
        std::copy_n(values + b * KvRows::block, block_size(rows, b), padded);
        BlockQ8_0 block;
        quantize(padded, block);
        std::memcpy(row() + b * KvRows::block, block.qs, sizeof block.qs);
        std::memcpy(scale(b), &block.d, sizeof block.d);
    }
}

void CacheSlot::load_codes(std::span<float> values) const
{
    for (int b = 0; b < rows.n_blocks(); ++b) {
        BlockQ8_0 block;
        std::memcpy(block.qs, row() + b * KvRows::block, sizeof block.qs);
        std::memcpy(&block.d, scale(b), sizeof block.d);
        float padded[KvRows::block];
        dequantize_group(block, 0, padded);
        std::copy_n(padded, block_size(rows, b), values.data() + b * KvRows::block);
    }
}

} // namespace rocmforge
