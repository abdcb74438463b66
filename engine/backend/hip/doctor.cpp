#include "backend/hip/doctor.h"

#include "backend/hip/copy_bandwidth.h"
#include "backend/hip/device_choice.h"
#include "backend/hip/kernel_archive.h"
#include "backend/hip/tested_device.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace rocmforge {
namespace {

namespace fs = std::filesystem;

constexpr const char* variables[] = {
    "ROCMFORGE_HIP_LIBRARY", "ROCMFORGE_SIMD",           "ROCM_PATH",       "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",  "HSA_OVERRIDE_GFX_VERSION", "LD_LIBRARY_PATH",
};

/// The file that the loader took for the library; what was asked for where it does not say.
std::string opened_file(void* library, const fs::path& asked)
{
    Dl_info info{};
    const void* entry = dlsym(library, "hipGetDeviceCount");
    std::error_code error;
    if (!entry || dladdr(entry, &info) == 0)
        return asked.string();
    const fs::path file = fs::canonical(info.dli_fname, error);
    return error ? asked.string() : file.string();
}

std::vector<LibraryPlace> find_libraries(const std::vector<fs::path>& candidates)
{
    std::vector<LibraryPlace> places;
    for (const fs::path& candidate : candidates) {
        // ROCm's library does not survive being unloaded.
        if (void* library = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
            places.push_back({opened_file(library, candidate), {}});
            break;
        }
        const char* problem = dlerror();
        places.push_back({candidate.string(), problem ? problem : "It cannot be opened."});
    }
    return places;
}

DeviceNode examine_node(const fs::path& path)
{
    std::error_code error;
    return {path.string(), fs::exists(path, error),
            faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) == 0};
}

std::vector<DeviceNode> find_nodes(const GpuProbePaths& paths)
{
    std::vector<DeviceNode> nodes{examine_node(paths.kfd)};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(paths.render_nodes, error)) {
        if (entry.path().filename().string().starts_with("renderD"))
            nodes.push_back(examine_node(entry.path()));
    }
    std::ranges::sort(nodes.begin() + 1, nodes.end(), {}, &DeviceNode::path);
    return nodes;
}

std::vector<std::string> group_names()
{
    std::vector<gid_t> ids(static_cast<size_t>(std::max(0, getgroups(0, nullptr))));
    ids.resize(static_cast<size_t>(std::max(0, getgroups(static_cast<int>(ids.size()), ids.data()))));
    std::vector<std::string> names;
    for (const gid_t id : ids) {
        const group* entry = getgrgid(id);
        names.push_back(entry ? entry->gr_name : std::to_string(id));
    }
    return names;
}

std::vector<EnvironmentVariable> set_variables()
{
    std::vector<EnvironmentVariable> set;
    for (const char* name : variables) {
        if (const char* value = std::getenv(name))
            set.push_back({name, value});
    }
    return set;
}

Status test_and_measure(const hip::Runtime& runtime, const hip::Device& device,
                        const std::function<void(const SelfTest&)>& on_self_test, GpuReport& report)
{
    size_t available = 0, total = 0;
    TRY_STATUS(runtime.check(runtime.api().hipSetDevice(device.index), "choosing the device"));
    TRY_STATUS(runtime.check(runtime.api().hipMemGetInfo(&available, &total), "asking for its free memory"));
    report.memory_free = static_cast<int64_t>(available);
    TRY(report.bandwidth, hip::measure_copy_bandwidth(runtime, device));
    TRY(report.self_test, hip::test_device(runtime, device, on_self_test));
    return {};
}

GpuReport examine(const hip::Runtime& runtime, const hip::Device& device,
                  std::span<const std::string> targets,
                  const std::function<void(const SelfTest&)>& on_self_test)
{
    GpuReport report;
    report.name = device.name;
    report.target = device.target;
    report.wave_size = device.wave_size;
    report.n_compute_units = device.n_compute_units;
    report.memory_total = device.memory_bytes;
    report.has_kernels = hip::has_kernels(device, targets);
    report.self_test.gpu = hip::identify(runtime, device);
    if (!report.has_kernels)
        report.problem = "This build has no kernels for " + device.target + ".";
    else if (const Status status = test_and_measure(runtime, device, on_self_test, report); !status)
        report.problem = status.error().message;
    return report;
}

/// The best GPU that may be used, or the CPU and why.
void decide(DoctorReport& report)
{
    report.uses = "CPU";
    report.reason = report.gpu.reason;
    report.remedy = report.gpu.remedy;
    const auto usable = std::ranges::find_if(report.gpus, &GpuReport::has_kernels);
    if (usable == report.gpus.end())
        return;
    const auto passed = std::ranges::find_if(
        report.gpus, [](const GpuReport& gpu) { return gpu.self_test.state == SelfTestState::passed; });
    if (passed == report.gpus.end()) {
        report.reason = usable->problem.empty() ? describe(usable->self_test) : usable->problem;
        report.remedy = "Run models on the CPU, and send this report to ROCmForge's makers.";
    } else if (report.gpu.state == GpuState::ready) {
        report.uses = passed->name;
        report.reason = describe(passed->self_test);
        report.remedy.clear();
    }
}

} // namespace

DoctorReport diagnose(const GpuProbePaths& paths, const std::function<void(const SelfTest&)>& on_self_test)
{
    DoctorReport report;
    report.build = hip::kernel_build();
    report.system = hip::system_name();
    report.cpu = cpu_info();
    report.memory_bandwidth = measure_read_bandwidth(report.cpu.n_cores);
    report.gpu = probe_gpu(paths);
    report.libraries = find_libraries(paths.libraries);
    report.nodes = find_nodes(paths);
    report.groups = group_names();
    report.kernel_targets = hip::kernel_targets();
    report.environment = set_variables();
    if (const auto runtime = hip::Runtime::open(paths.libraries)) {
        report.gpu.driver = (*runtime)->full_version();
        for (const hip::Device& device : hip::ranked((*runtime)->devices(), report.kernel_targets))
            report.gpus.push_back(examine(**runtime, device, report.kernel_targets, on_self_test));
    }
    decide(report);
    return report;
}

DoctorReport diagnose(const std::function<void(const SelfTest&)>& on_self_test)
{
    return diagnose(default_gpu_probe_paths(), on_self_test);
}

} // namespace rocmforge
