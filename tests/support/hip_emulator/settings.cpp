#include "settings.h"

#include <cstdlib>
#include <sstream>

namespace rocmforge::emulator {
namespace {

KernelChoice read_kernel(const char* variable)
{
    const char* value = std::getenv(variable);
    const std::string text = value ? value : "";
    const size_t colon = text.find(':');
    if (colon == std::string::npos)
        return {text, {}};
    return {text.substr(colon + 1), text.substr(0, colon)};
}

Settings read_settings()
{
    Settings settings;
    const char* targets = std::getenv("ROCMFORGE_EMULATOR_TARGETS");
    std::istringstream list(targets ? targets : "gfx1100");
    for (std::string target; std::getline(list, target, ',');)
        settings.targets.push_back(target);
    if (const char* seed = std::getenv("ROCMFORGE_EMULATOR_SEED"))
        settings.seed = std::strtoull(seed, nullptr, 10);
    if (const char* failing = std::getenv("ROCMFORGE_EMULATOR_FAILING_ALLOCATION"))
        settings.failing_allocation = std::atoi(failing);
    settings.wrong_kernel = read_kernel("ROCMFORGE_EMULATOR_WRONG_KERNEL");
    settings.faulty_kernel = read_kernel("ROCMFORGE_EMULATOR_FAULTY_KERNEL");
    if (const char* memory = std::getenv("ROCMFORGE_EMULATOR_MEMORY"))
        settings.memory_bytes = std::strtoull(memory, nullptr, 10);
    return settings;
}

Settings& current()
{
    static Settings settings = read_settings();
    return settings;
}

} // namespace

const Settings& settings()
{
    return current();
}

void reload_settings()
{
    current() = read_settings();
}

int wave_size_of(const std::string& target)
{
    return target.starts_with("gfx9") ? 64 : 32;
}

} // namespace rocmforge::emulator
