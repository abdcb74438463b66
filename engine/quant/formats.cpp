#include "quant/formats.h"

#include "quant/block_quantizers.h"
#include "quant/floats.h"
#include "quant/iq1.h"
#include "quant/iq2.h"
#include "quant/iq3.h"
#include "quant/iq4.h"
#include "quant/mxfp4.h"
#include "quant/nvfp4.h"
#include "quant/q1_0.h"
#include "quant/q2_0.h"
#include "quant/q2_k.h"
#include "quant/q3_k.h"
#include "quant/q4.h"
#include "quant/q4_k.h"
#include "quant/q5.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"
#include "quant/q8_0.h"
#include "quant/ternary.h"

#include <algorithm>
#include <array>

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

constexpr std::array table = {
    entry<BlockF32>(Format::f32, "F32"),
    entry<BlockF16>(Format::f16, "F16"),
    entry<BlockQ4_0>(Format::q4_0, "Q4_0"),
    entry<BlockQ4_1>(Format::q4_1, "Q4_1"),
    entry<BlockQ5_0>(Format::q5_0, "Q5_0"),
    entry<BlockQ5_1>(Format::q5_1, "Q5_1"),
    entry<BlockQ8_0>(Format::q8_0, "Q8_0"),
    entry<BlockQ2_K>(Format::q2_k, "Q2_K"),
    entry<BlockQ3_K>(Format::q3_k, "Q3_K"),
    entry<BlockQ4_K>(Format::q4_k, "Q4_K"),
    entry<BlockQ5_K>(Format::q5_k, "Q5_K"),
    entry<BlockQ6_K>(Format::q6_k, "Q6_K"),
    entry<BlockIQ2_XXS>(Format::iq2_xxs, "IQ2_XXS"),
    entry<BlockIQ2_XS>(Format::iq2_xs, "IQ2_XS"),
    entry<BlockIQ3_XXS>(Format::iq3_xxs, "IQ3_XXS"),
    entry<BlockIQ1_S>(Format::iq1_s, "IQ1_S"),
    entry<BlockIQ4_NL>(Format::iq4_nl, "IQ4_NL"),
    entry<BlockIQ3_S>(Format::iq3_s, "IQ3_S"),
    entry<BlockIQ2_S>(Format::iq2_s, "IQ2_S"),
    entry<BlockIQ4_XS>(Format::iq4_xs, "IQ4_XS"),
    entry<BlockIQ1_M>(Format::iq1_m, "IQ1_M"),
    entry<BlockBF16>(Format::bf16, "BF16"),
    entry<BlockTQ1_0>(Format::tq1_0, "TQ1_0"),
    entry<BlockTQ2_0>(Format::tq2_0, "TQ2_0"),
    entry<BlockMXFP4>(Format::mxfp4, "MXFP4"),
    entry<BlockNVFP4>(Format::nvfp4, "NVFP4"),
    entry<BlockQ1_0>(Format::q1_0, "Q1_0"),
    entry<BlockQ2_0>(Format::q2_0, "Q2_0"),
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
    return entry == table.end() ? std::nullopt : std::optional(entry->format);
}

std::optional<Format> format_from_name(std::string_view name)
{
    const auto entry = std::ranges::find_if(
        table, [name](const FormatInfo& info) { return equal_ignoring_case(info.name, name); });
    return entry == table.end() ? std::nullopt : std::optional(entry->format);
}

int64_t format_bytes(Format format, int64_t n)
{
    const FormatInfo& info = format_info(format);
    return n / info.block_weights * info.block_bytes;
}

} // namespace rocmforge
