#include "doctor/report_json.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

using namespace rocmforge;

namespace {

constexpr std::array<std::pair<SelfTestState, const char*>, 4> stateNames = {{
    {SelfTestState::untested, "untested"},
    {SelfTestState::running, "running"},
    {SelfTestState::passed, "passed"},
    {SelfTestState::failed, "failed"},
}};

const char* stateName(SelfTestState state)
{
    return std::ranges::find(stateNames, state, &std::pair<SelfTestState, const char*>::first)->second;
}

std::optional<SelfTestState> stateOf(const std::string& name)
{
    for (const auto& [state, text] : stateNames) {
        if (name == text)
            return state;
    }
    return std::nullopt;
}

Json toJson(const KernelFailure& failure)
{
    return {{"kernel", failure.kernel},
            {"error", failure.error},
            {"tolerance", failure.tolerance},
            {"message", failure.message}};
}

/// What the file says is wrong with a type throws, and is caught by the caller.
SelfTest parseSelfTest(const Json& json, SelfTestState state)
{
    SelfTest test;
    test.state = state;
    test.gpu = {json.at("device"), json.at("target"), json.at("pci_address"), json.at("driver"),
                json.at("build")};
    test.kernel = json.at("kernel");
    test.n_comparisons = json.at("comparisons");
    test.seconds = json.at("seconds");
    for (const Json& failure : json.at("failures"))
        test.failures.push_back(
            {failure.at("kernel"), failure.at("error"), failure.at("tolerance"), failure.at("message")});
    return test;
}

Json toJson(const CpuInfo& cpu, double bandwidth)
{
    return {{"name", cpu.name},
            {"simd", cpu.simd},
            {"cores", cpu.n_cores},
            {"threads", cpu.n_threads},
            {"memory_total", cpu.memory_total},
            {"memory_available", cpu.memory_available},
            {"memory_bandwidth", bandwidth}};
}

Json toJson(const GpuReport& gpu)
{
    Json json = {{"name", gpu.name},
                 {"target", gpu.target},
                 {"wave_size", gpu.wave_size},
                 {"compute_units", gpu.n_compute_units},
                 {"memory_total", gpu.memory_total},
                 {"has_kernels", gpu.has_kernels},
                 {"problem", gpu.problem}};
    if (!gpu.has_kernels)
        return json;
    json["memory_free"] = gpu.memory_free;
    json["bandwidth_to_device"] = gpu.bandwidth.to_device;
    json["bandwidth_from_device"] = gpu.bandwidth.from_device;
    json["bandwidth_within_device"] = gpu.bandwidth.within_device;
    json["self_test"] = ::toJson(gpu.self_test);
    return json;
}

Json placesJson(const DoctorReport& report)
{
    Json json = Json::array();
    for (const LibraryPlace& place : report.libraries)
        json.push_back({{"path", place.path}, {"problem", place.problem}});
    return json;
}

Json nodesJson(const DoctorReport& report)
{
    Json json = Json::array();
    for (const DeviceNode& node : report.nodes)
        json.push_back({{"path", node.path}, {"exists", node.exists}, {"accessible", node.accessible}});
    return json;
}

Json environmentJson(const DoctorReport& report)
{
    Json json = Json::object();
    for (const EnvironmentVariable& variable : report.environment)
        json[variable.name] = variable.value;
    return json;
}

} // namespace

Json toJson(const SelfTest& test)
{
    Json json = {{"device", test.gpu.device},       {"target", test.gpu.target},
                 {"pci_address", test.gpu.address}, {"driver", test.gpu.driver},
                 {"build", test.gpu.build},         {"state", stateName(test.state)},
                 {"kernel", test.kernel},           {"comparisons", test.n_comparisons},
                 {"seconds", test.seconds},         {"failures", Json::array()}};
    for (const KernelFailure& failure : test.failures)
        json["failures"].push_back(toJson(failure));
    return json;
}

std::optional<SelfTest> selfTestFromJson(const Json& json)
{
    try {
        const std::optional<SelfTestState> state = stateOf(json.at("state"));
        return state ? std::optional(parseSelfTest(json, *state)) : std::nullopt;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

Json toJson(const DoctorReport& report)
{
    Json json = {{"build", report.build},
                 {"system", report.system},
                 {"uses", report.uses},
                 {"reason", report.reason},
                 {"remedy", report.remedy},
                 {"cpu", toJson(report.cpu, report.memory_bandwidth)},
                 {"hip_library", report.gpu.library},
                 {"hip_version", report.gpu.driver},
                 {"libraries", placesJson(report)},
                 {"device_nodes", nodesJson(report)},
                 {"groups", report.groups},
                 {"kernel_targets", report.kernel_targets},
                 {"environment", environmentJson(report)},
                 {"gpus", Json::array()}};
    for (const GpuReport& gpu : report.gpus)
        json["gpus"].push_back(toJson(gpu));
    return json;
}
