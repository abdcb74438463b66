// Nothing is trusted that was not run on this very card: before a GPU is first used, every kernel is
// compared with the CPU reference on small data. Whoever loads models keeps what came of it and gives
// it back at the next load; it holds until the card, its driver or this program changes.
#pragma once

#include <string>
#include <vector>

namespace rocmforge {

/// What a self-test holds for.
struct GpuIdentity {
    std::string device; ///< "AMD Radeon RX 7900 XTX"
    std::string target; ///< "gfx1100"
    std::string address; ///< of the card on the PCI bus, "0000:03:00.0"; empty where it is not known
    std::string driver; ///< "HIP 6.2.41134, Linux 6.1.0-18-amd64"
    std::string build; ///< of this program and its kernels: "0.1.0-9f3c27b1"

    [[nodiscard]] bool operator==(const GpuIdentity&) const = default;
};

enum class SelfTestState {
    untested, ///< it could not be carried out, and nothing is to be kept of it
    running, ///< where this is what was kept, the program did not survive the kernel
    passed,
    failed,
};

/// A kernel whose results were not those of the CPU.
struct KernelFailure {
    std::string kernel; ///< "product Q4_K, 1 column"
    double error = 0; ///< the largest of a result, as a share of the results' root mean square
    double tolerance = 0; ///< the largest that would have passed
    std::string message; ///< in place of these numbers, where the device failed or gave no numbers
};

struct SelfTest {
    GpuIdentity gpu;
    SelfTestState state = SelfTestState::untested;
    std::string kernel; ///< the one under test, while running
    std::vector<KernelFailure> failures; ///< those that came before the first of the device itself
    int n_comparisons = 0; ///< made of the results of kernels
    double seconds = 0;
};

/// "computed wrongly: …", "crashed …", for people; one line.
[[nodiscard]] std::string describe(const KernelFailure& failure);
/// What came of the test in one sentence: "Its kernels compute as the CPU does in all 150 comparisons (0.2
/// s)."
[[nodiscard]] std::string describe(const SelfTest& test);

} // namespace rocmforge
