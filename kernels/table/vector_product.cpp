#include "kernels/table/vector_product.h"

#include "kernels/table/instructions.h"
#include "kernels/table/occupancy.h"
#include "quant/blocks.h"
#include "quant/format_list.h"

#include <algorithm>
#include <type_traits>

namespace rocmforge::kernels {
namespace {

struct NamedFormat {
    std::string_view name; ///< as kernels write it
    VectorProduct product;
};

/// The minimums of Q2_K are those of half a rounding group, whose activations take a dot4 to be summed.
template <typename Block> constexpr int dot4s_of = std::is_same_v<Block, BlockQ2_K> ? 2 : 1;

constexpr NamedFormat named_formats[] = {
#define ROCMFORGE_NAMED(format, id, block, title)                                                            \
    {#format, {double(sizeof(block)) / block::weights, block::group < 8 ? 8 : block::group, dot4s_of<block>}},
    ROCMFORGE_FORMATS(ROCMFORGE_NAMED)
#undef ROCMFORGE_NAMED
};

/// A Radeon RX 7900 XTX issues one instruction per SIMD unit and cycle.
constexpr std::string_view ceiling_target = "gfx1100";
constexpr double instructions_per_second = 96 * 2 * 2.5e9;

/// Weights that a lane multiplies per iteration: four per dot4; without that, as many as the loop loads
/// with their activations, which are floats, in whole slices.
int loop_weights(const InstructionCounts& loop, const VectorProduct& product)
{
    if (loop.dot4 > 0)
        return 4 * loop.dot4 / product.dot4s;
    const double pairs = loop.loaded_bytes / (sizeof(float) + product.bytes_per_weight);
    return static_cast<int>(pairs / product.slice) * product.slice;
}

/// All instructions of the loop count, though an iteration may branch around some.
void describe_loop(GpuKernel& row, const VectorProduct& product, const Kernel& kernel)
{
    const InstructionCounts loop = count_instructions(main_loop(kernel.code));
    row.loop_instructions = loop.issued;
    row.loop_weights = loop_weights(loop, product);
    row.loop_wide_bytes = loop.wide_loaded_bytes;
    if (row.target == ceiling_target && loop.issued > 0)
        row.ceiling = instructions_per_second / loop.issued * row.loop_weights * product.bytes_per_weight
            * kernel.count("wavefront_size");
}

} // namespace

std::optional<VectorProduct> vector_product(std::string_view kernel)
{
    constexpr std::string_view word = "product_", one_column = "_1";
    const size_t begin = kernel.find(word);
    if (begin == std::string_view::npos || !kernel.ends_with(one_column))
        return std::nullopt;
    std::string_view format = kernel.substr(begin + word.size());
    format.remove_suffix(std::min(one_column.size(), format.size()));
    for (const NamedFormat& named : named_formats) {
        if (named.name == format)
            return named.product;
    }
    return std::nullopt;
}

GpuKernel describe(std::string_view target, const Kernel& kernel)
{
    const InstructionCounts all = count_instructions(kernel.code);
    GpuKernel row;
    row.target = target;
    row.name = kernel.name;
    row.vgprs = kernel.count("vgpr_count");
    row.sgprs = kernel.count("sgpr_count");
    row.local_bytes = kernel.count("group_segment_fixed_size");
    row.spills = kernel.count("vgpr_spill_count") + kernel.count("sgpr_spill_count")
        + kernel.count("private_segment_fixed_size");
    row.waves_per_simd = waves_per_simd(target, kernel);
    row.widest_load = all.widest_load;
    row.dot4 = all.dot4;
    row.matrix = all.matrix;
    if (const auto product = vector_product(kernel.name))
        describe_loop(row, *product, kernel);
    return row;
}

} // namespace rocmforge::kernels
