#include "backend/cpu/arrangements.h"

#include "backend/cpu/grouped_blocks.h"
#include "backend/cpu/grouped_codebooks.h"
#include "backend/cpu/grouped_plain.h"
#include "quant/iq4.h"
#include "quant/mxfp4.h"
#include "quant/nvfp4.h"
#include "quant/q4.h"
#include "quant/q8_0.h"

#include <cstring>

namespace rocmforge::cpu {

namespace {

template <typename Block> void group(const std::byte* bytes, std::byte* to)
{
    Block block;
    std::memcpy(&block, bytes, sizeof block);
    const auto grouped = group_block(block);
    std::memcpy(to, &grouped, sizeof grouped);
}

template <typename Grouped> void ungroup(const std::byte* bytes, std::byte* to)
{
    Grouped grouped;
    std::memcpy(&grouped, bytes, sizeof grouped);
    const auto block = ungroup_block(grouped);
    std::memcpy(to, &block, sizeof block);
}

constexpr Field f32_fields[] = {{0, 4, 1}};
constexpr Field half_fields[] = {{0, 2, 1}};
constexpr Field q6_k_fields[] = {{offsetof(GroupedQ6_K, d), 2, 1},
                                 {offsetof(GroupedQ6_K, scales), 1, 16},
                                 {offsetof(GroupedQ6_K, groups), 4, 8 * sizeof(GroupedQ6_K::Group) / 4}};
constexpr Field mxfp4_fields[] = {{offsetof(BlockMXFP4, e), 1, 1}, {offsetof(BlockMXFP4, qs), 4, 4}};

/// What most blocks are: some halves, and then only bytes that are used in fours.
template <typename Block, size_t n_halves>
constexpr Field halves_and_bytes[] = {{0, 2, n_halves},
                                      {2 * n_halves, 4, (sizeof(Block) - 2 * n_halves) / 4}};

template <typename Block> constexpr Arrangement as_in_file(std::span<const Field> fields)
{
    return {fields, sizeof(Block), nullptr, nullptr};
}

template <typename Block, size_t n_halves> constexpr Arrangement as_in_file()
{
    return as_in_file<Block>(halves_and_bytes<Block, n_halves>);
}

template <typename Block, typename Grouped> constexpr Arrangement grouped(std::span<const Field> fields)
{
    static_assert(sizeof(Grouped) <= max_panel_block_bytes);
    return {fields, sizeof(Grouped), group<Block>, ungroup<Grouped>};
}

template <typename Block, typename Grouped, size_t n_halves> constexpr Arrangement grouped()
{
    return grouped<Block, Grouped>(halves_and_bytes<Grouped, n_halves>);
}

} // namespace

Arrangement arrangement_of(Format format)
{
    switch (format) {
    case Format::f32:
        return {f32_fields, 4, nullptr, nullptr};
    case Format::f16:
    case Format::bf16:
        return {half_fields, 2, nullptr, nullptr};
    case Format::q4_0:
        return as_in_file<BlockQ4_0, 1>();
    case Format::q4_1:
        return as_in_file<BlockQ4_1, 2>();
    case Format::q5_0:
        return grouped<BlockQ5_0, GroupedQ5_0, 1>();
    case Format::q5_1:
        return grouped<BlockQ5_1, GroupedQ5_1, 2>();
    case Format::q8_0:
        return as_in_file<BlockQ8_0, 1>();
    case Format::q2_k:
        return grouped<BlockQ2_K, GroupedQ2_K, 2>();
    case Format::q3_k:
        return grouped<BlockQ3_K, GroupedQ3_K, 1>();
    case Format::q4_k:
        return grouped<BlockQ4_K, GroupedQ4_K, 2>();
    case Format::q5_k:
        return grouped<BlockQ5_K, GroupedQ5_K, 2>();
    case Format::q6_k:
        return grouped<BlockQ6_K, GroupedQ6_K>(q6_k_fields);
    case Format::iq2_xxs:
        return grouped<BlockIQ2_XXS, GroupedIQ2_XXS, 1>();
    case Format::iq2_xs:
        return grouped<BlockIQ2_XS, GroupedIQ2_XS, 1>();
    case Format::iq2_s:
        return grouped<BlockIQ2_S, GroupedIQ2_S, 1>();
    case Format::iq3_xxs:
        return grouped<BlockIQ3_XXS, GroupedIQ3_XXS, 1>();
    case Format::iq3_s:
        return grouped<BlockIQ3_S, GroupedIQ3_S, 1>();
    case Format::iq1_s:
        return grouped<BlockIQ1_S, GroupedIQ1_S, 1>();
    case Format::iq1_m:
        return grouped<BlockIQ1_M, GroupedIQ1_M, 1>();
    case Format::iq4_nl:
        return as_in_file<BlockIQ4_NL, 1>();
    case Format::iq4_xs:
        return as_in_file<BlockIQ4_XS, 2>();
    case Format::tq1_0:
        return grouped<BlockTQ1_0, GroupedTQ1_0, 1>();
    case Format::tq2_0:
        return grouped<BlockTQ2_0, GroupedTQ2_0, 1>();
    case Format::mxfp4:
        return as_in_file<BlockMXFP4>(mxfp4_fields);
    case Format::nvfp4:
        return as_in_file<BlockNVFP4, 0>();
    case Format::q1_0:
        return grouped<BlockQ1_0, GroupedQ1_0, 1>();
    case Format::q2_0:
        return grouped<BlockQ2_0, GroupedQ2_0, 1>();
    }
    return {{}, static_cast<size_t>(format_info(format).block_bytes), nullptr, nullptr};
}

} // namespace rocmforge::cpu
