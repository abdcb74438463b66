// All that a report of trouble with a GPU needs to say, measured on the machine as it is.
#pragma once

#include <rocmforge/hardware.h>
#include <rocmforge/self_test.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rocmforge {

/// A place where the HIP library was looked for, in that order, up to the one where it was.
struct LibraryPlace {
    std::string path; ///< what was asked for; of the one that was opened the file
    std::string problem; ///< why it could not be opened; empty for the one that was
};

/// A file of the GPU's driver that programs talk to it through.
struct DeviceNode {
    std::string path; ///< "/dev/kfd", "/dev/dri/renderD128"
    bool exists = false;
    bool accessible = false; ///< may be read and written by this user
};

/// Bytes per second of copies of many MiB.
struct CopyBandwidth {
    double to_device = 0;
    double from_device = 0;
    double within_device = 0; ///< bytes read and bytes written together
};

struct GpuReport {
    std::string name; ///< "AMD Radeon RX 7900 XTX"
    std::string target; ///< "gfx1100"
    int wave_size = 0;
    int n_compute_units = 0;
    int64_t memory_total = 0; ///< bytes
    int64_t memory_free = 0;
    bool has_kernels = false; ///< what follows is only then
    SelfTest self_test; ///< run for this report
    CopyBandwidth bandwidth;
    std::string problem; ///< what kept it from being tested or measured; empty if nothing did
};

struct EnvironmentVariable {
    std::string name;
    std::string value;
};

struct DoctorReport {
    std::string build; ///< of this program and its kernels: "0.1.0-9f3c27b1"
    std::string system; ///< "Linux 6.1.0-18-amd64"
    CpuInfo cpu;
    double memory_bandwidth = 0; ///< bytes per second that all cores read together
    GpuInfo gpu;
    std::vector<LibraryPlace> libraries;
    std::vector<DeviceNode> nodes;
    std::vector<std::string> groups; ///< that this user is in
    std::vector<std::string> kernel_targets; ///< that this build has kernels for
    std::vector<GpuReport> gpus; ///< that HIP reports, best first
    std::vector<EnvironmentVariable> environment; ///< those that change what is found, where they are set
    std::string uses; ///< what models run on: "CPU", or the GPU's name
    std::string reason; ///< why, one sentence
    std::string remedy; ///< what to do about it, one sentence; may be empty
};

/// Looks, tests every GPU anew and measures: seconds. `on_self_test` is LoadOptions::on_self_test.
[[nodiscard]] DoctorReport diagnose(const std::function<void(const SelfTest&)>& on_self_test);

} // namespace rocmforge
