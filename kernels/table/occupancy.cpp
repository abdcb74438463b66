#include "kernels/table/occupancy.h"

#include <algorithm>

namespace rocmforge::kernels {
namespace {

/// What a SIMD unit has.
struct SimdUnit {
    int vector_registers; ///< of a wave's width
    int granule; ///< vector registers are handed out in so many
    int most_waves;
    int scalar_registers = 0; ///< 0 = enough for all waves
    int local_bytes = 65536; ///< of the unit of compute that the SIMD units share
    int simds_sharing = 4;
};

bool is_any_of(std::string_view target, std::initializer_list<std::string_view> targets)
{
    return std::ranges::find(targets, target) != targets.end();
}

SimdUnit simd_unit(std::string_view target)
{
    constexpr int both_units = 2 * 65536; // of a pair that works on one workgroup together
    if (is_any_of(target, {"gfx1100", "gfx1101", "gfx1151", "gfx1200", "gfx1201"}))
        return {1536, 24, 16, 0, both_units};
    if (target.starts_with("gfx11") || target.starts_with("gfx103"))
        return {1024, 16, 16, 0, both_units};
    if (target.starts_with("gfx10"))
        return {1024, 8, 20, 0, both_units};
    if (is_any_of(target, {"gfx90a", "gfx942"}))
        return {512, 8, 8, 800};
    return {256, 4, 10, 800};
}

int rounded_up(int n, int granule)
{
    return (n + granule - 1) / granule * granule;
}

} // namespace

int waves_per_simd(std::string_view target, const Kernel& kernel)
{
    constexpr int scalar_granule = 16;
    const SimdUnit unit = simd_unit(target);
    int waves = unit.most_waves;
    waves = std::min(
        waves, unit.vector_registers / rounded_up(std::max(kernel.count("vgpr_count"), 1), unit.granule));
    if (unit.scalar_registers > 0)
        waves = std::min(waves,
                         unit.scalar_registers
                             / rounded_up(std::max(kernel.count("sgpr_count"), 1), scalar_granule));
    if (const int local_bytes = kernel.count("group_segment_fixed_size"); local_bytes > 0) {
        const int waves_per_group =
            kernel.count("max_flat_workgroup_size") / std::max(kernel.count("wavefront_size"), 1);
        const int groups = unit.local_bytes / local_bytes;
        waves = std::min(waves, std::max(groups * waves_per_group / unit.simds_sharing, 1));
    }
    return waves;
}

} // namespace rocmforge::kernels
