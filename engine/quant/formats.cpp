#include "quant/formats.h"

#include "quant/block_quantizers.h"
#include "quant/blocks.h"

#include <algorithm>
#include <iterator>

namespace rocmforge {
namespace {

template <typename Block> void dequantize_row(const std::byte* src, float* dst, int64_t n)
{
    const auto* blocks = reinterpret_cast<const Block*>(src);
    for (int64_t i = 0; i < n / Block::weights; ++i)
        dequantize(blocks[i], dst + i * Block::weights);
}

template <typename Block> void quantize_row(const float* src, std::byte* dst, int64_t n)
{
    auto* blocks = reinterpret_cast<Block*>(dst);
    for (int64_t i = 0; i < n / Block::weights; ++i)
        quantize(src + i * Block::weights, blocks[i]);
}

template <typename Block> constexpr FormatInfo entry(Format format, std::string_view name)
{
    return {format, name, Block::weights, sizeof(Block), dequantize_row<Block>, quantize_row<Block>};
}

constexpr FormatInfo table[] = {
#define ROCMFORGE_ENTRY(enumerator, id, block, name) entry<block>(Format::enumerator, name),
    ROCMFORGE_FORMATS(ROCMFORGE_ENTRY)
#undef ROCMFORGE_ENTRY
};

constexpr char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, to_upper, to_upper);
}

} // namespace

std::span<const FormatInfo> formats()
{
    return table;
}

const FormatInfo& format_info(Format format)
{
    return *std::ranges::find(table, format, &FormatInfo::format);
}

std::optional<Format> format_from_gguf(uint32_t type_id)
{
    const auto entry = std::ranges::find(table, static_cast<Format>(type_id), &FormatInfo::format);
    return entry == std::end(table) ? std::nullopt : std::optional(entry->format);
}

std::optional<Format> format_from_name(std::string_view name)
{
    const auto entry = std::ranges::find_if(
        table, [name](const FormatInfo& info) { return equal_ignoring_case(info.name, name); });
    return entry == std::end(table) ? std::nullopt : std::optional(entry->format);
}

int64_t format_bytes(Format format, int64_t n)
{
    const FormatInfo& info = format_info(format);
    return n / info.block_weights * info.block_bytes;
}

} // namespace rocmforge
