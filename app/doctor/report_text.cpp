#include "doctor/report_text.h"

#include <cstdio>
#include <string_view>

using namespace rocmforge;

namespace {

constexpr size_t labelWidth = 16;

/// Lines of a label and a value; a label that repeats the one above is left out.
class Table {
public:
    void row(std::string_view label, const std::string& value)
    {
        const std::string_view shown = label == m_label ? std::string_view() : label;
        m_label = label;
        m_text.append(shown).append(labelWidth - shown.size(), ' ').append(value) += '\n';
    }
    /// Nothing for an empty value.
    void optionalRow(std::string_view label, const std::string& value)
    {
        if (!value.empty())
            row(label, value);
    }
    void heading(const std::string& text)
    {
        m_text.append("\n").append(text) += '\n';
        m_label = {};
    }
    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
    std::string_view m_label;
};

std::string gibibytes(int64_t bytes)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", double(bytes) / double(int64_t{1} << 30));
    return text;
}

std::string rate(double bytesPerSecond)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GB/s", bytesPerSecond / 1e9);
    return text;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text.append(text.empty() ? "" : " ").append(name);
    return text.empty() ? "none" : text;
}

std::string nodeText(const DeviceNode& node)
{
    if (!node.exists)
        return node.path + " does not exist";
    return node.path + (node.accessible ? " may be opened" : " may not be opened by this user");
}

void addVerdict(Table& table, const DoctorReport& report)
{
    table.row("ROCmForge", report.build);
    table.row("system", report.system);
    table.row("models run on", report.uses);
    table.row("because", report.reason);
    table.optionalRow("what to do", report.remedy);
}

void addCpu(Table& table, const DoctorReport& report)
{
    table.heading("CPU");
    table.row("name", report.cpu.name);
    table.row("instructions", report.cpu.simd);
    table.row("cores",
              std::to_string(report.cpu.n_cores) + " (threads: " + std::to_string(report.cpu.n_threads)
                  + ")");
    table.row("memory",
              gibibytes(report.cpu.memory_available) + " of " + gibibytes(report.cpu.memory_total)
                  + " available, read at " + rate(report.memory_bandwidth));
}

void addHip(Table& table, const DoctorReport& report)
{
    table.heading("HIP");
    for (const LibraryPlace& place : report.libraries)
        table.row("library", place.path + (place.problem.empty() ? ": found" : ": " + place.problem));
    table.optionalRow("version", report.gpu.driver);
    for (const DeviceNode& node : report.nodes)
        table.row("driver", nodeText(node));
    table.row("user's groups", joined(report.groups));
    table.row("kernels for", joined(report.kernel_targets));
    for (const EnvironmentVariable& variable : report.environment)
        table.row("environment", variable.name + "=" + variable.value);
}

void addSelfTest(Table& table, const SelfTest& test)
{
    if (test.failures.empty())
        table.row("self-test", describe(test));
    for (const KernelFailure& failure : test.failures)
        table.row("self-test", describe(failure));
}

void addGpu(Table& table, const GpuReport& gpu)
{
    table.heading("GPU " + gpu.name);
    table.row("target",
              gpu.target + ", waves of " + std::to_string(gpu.wave_size) + " lanes, "
                  + std::to_string(gpu.n_compute_units) + " compute units");
    if (gpu.has_kernels) {
        table.row("memory", gibibytes(gpu.memory_free) + " of " + gibibytes(gpu.memory_total) + " free");
        table.row("copies",
                  rate(gpu.bandwidth.to_device) + " to the GPU, " + rate(gpu.bandwidth.from_device)
                      + " from it, " + rate(gpu.bandwidth.within_device) + " within it");
        addSelfTest(table, gpu.self_test);
    }
    table.optionalRow("problem", gpu.problem);
}

} // namespace

std::string reportText(const DoctorReport& report)
{
    Table table;
    addVerdict(table, report);
    addCpu(table, report);
    addHip(table, report);
    for (const GpuReport& gpu : report.gpus)
        addGpu(table, gpu);
    return table.text();
}
