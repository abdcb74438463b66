// What the environment asks of the emulator. Read when the library is first used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge::emulator {

/// "embed_f32", or "gfx90a:embed_f32" where only that device's is meant; "" = none.
struct KernelChoice {
    std::string kernel;
    std::string target; ///< "" = any

    [[nodiscard]] bool is(const std::string& name, const std::string& on_target) const
    {
        return kernel == name && (target.empty() || target == on_target);
    }
};

struct Settings {
    /// ROCMFORGE_EMULATOR_TARGETS: the devices, "gfx1100,gfx90a"; gfx9 has waves of 64 lanes, others
    /// of 32. "" = no device. Unset = gfx1100.
    std::vector<std::string> targets;
    /// ROCMFORGE_EMULATOR_SEED: the order of workgroups, waves and lanes.
    uint64_t seed = 1;
    /// ROCMFORGE_EMULATOR_FAILING_ALLOCATION: the allocation of device memory, counted from 1, that
    /// fails; 0 = none.
    int failing_allocation = 0;
    /// ROCMFORGE_EMULATOR_WRONG_KERNEL: the kernel whose first result gets the other sign.
    KernelChoice wrong_kernel;
    /// ROCMFORGE_EMULATOR_FAULTY_KERNEL: the kernel that faults.
    KernelChoice faulty_kernel;
    /// ROCMFORGE_EMULATOR_MEMORY: bytes of device memory; more cannot be allocated.
    size_t memory_bytes = size_t{8} << 30;
};

[[nodiscard]] const Settings& settings();
/// Reads the environment anew.
void reload_settings();

[[nodiscard]] int wave_size_of(const std::string& target);

} // namespace rocmforge::emulator
