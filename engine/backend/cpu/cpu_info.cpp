#include "backend/cpu/simd_level.h"

#include <rocmforge/hardware.h>

#include <fstream>
#include <sched.h>
#include <set>
#include <sstream>
#include <utility>

namespace rocmforge {

namespace {

/// What follows the first "key ... :" of a file of such lines; empty where there is none.
std::string value_after(const char* path, std::string_view key)
{
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(key))
            continue;
        const size_t start = line.find_first_not_of(" \t", line.find(':') + 1);
        return start == std::string::npos ? std::string() : line.substr(start);
    }
    return {};
}

int64_t memory_bytes(std::string_view key)
{
    int64_t kib = 0;
    std::istringstream(value_after("/proc/meminfo", key)) >> kib;
    return kib * 1024;
}

int topology(int cpu, const char* what)
{
    int id = cpu;
    std::ifstream("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/" + what) >> id;
    return id;
}

void count_processors(CpuInfo& info)
{
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        CPU_SET(0, &allowed);
    std::set<std::pair<int, int>> cores; // package, core
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &allowed))
            continue;
        ++info.n_threads;
        cores.emplace(topology(cpu, "physical_package_id"), topology(cpu, "core_id"));
    }
    info.n_cores = static_cast<int>(cores.size());
}

} // namespace

CpuInfo cpu_info()
{
    CpuInfo info;
    info.name = value_after("/proc/cpuinfo", "model name");
    const Result<cpu::SimdLevel> level = cpu::choose_simd_level("");
    info.simd = cpu::simd_title(level.value_or(cpu::best_simd_level()));
    info.memory_total = memory_bytes("MemTotal");
    info.memory_available = memory_bytes("MemAvailable");
    count_processors(info);
    return info;
}

} // namespace rocmforge
