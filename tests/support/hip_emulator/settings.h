// What the environment asks of the emulator. Read when the library is first used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge::emulator {

struct Settings {
    /// ROCMFORGE_EMULATOR_TARGETS: the devices, "gfx1100,gfx90a"; gfx9 has waves of 64 lanes, others
    /// of 32. "" = no device. Unset = gfx1100.
    std::vector<std::string> targets;
    /// ROCMFORGE_EMULATOR_SEED: the order of workgroups, waves and lanes.
    uint64_t seed = 1;
    /// ROCMFORGE_EMULATOR_FAILING_ALLOCATION: the allocation of device memory, counted from 1, that
    /// fails; 0 = none.
    int failing_allocation = 0;
};

[[nodiscard]] const Settings& settings();
/// Reads the environment anew.
void reload_settings();

[[nodiscard]] int wave_size_of(const std::string& target);

} // namespace rocmforge::emulator
