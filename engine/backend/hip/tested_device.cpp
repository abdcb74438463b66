#include "backend/hip/tested_device.h"

#include "backend/hip/device_choice.h"
#include "backend/hip/hip_backend.h"
#include "backend/hip/kernel_archive.h"
#include "backend/self_test/self_test.h"

#include <sys/utsname.h>

#include <algorithm>
#include <optional>

namespace rocmforge::hip {
namespace {

Status refuse(const SelfTest& test)
{
    return fail(ErrorKind::device_error,
                test.gpu.device + " (" + test.gpu.target + ") is not used. " + describe(test),
                "Run the model on the CPU. `rocmforge-cli doctor` tests the GPU again and prints what a bug "
                "report needs.");
}

Result<SelfTest> known_or_new(const Runtime& runtime, const Device& device, const SelfTests& tests)
{
    const auto known = std::ranges::find(tests.known, identify(runtime, device), &SelfTest::gpu);
    if (known != tests.known.end() && known->state != SelfTestState::untested)
        return *known;
    return test_device(runtime, device, tests.on_change);
}

Status require_passed(const Runtime& runtime, const Device& device, const SelfTests& tests)
{
    TRY(const SelfTest test, known_or_new(runtime, device, tests));
    return test.state == SelfTestState::passed ? Status() : refuse(test);
}

} // namespace

std::string system_name()
{
    utsname name{};
    return uname(&name) == 0 ? std::string(name.sysname) + " " + name.release : std::string();
}

GpuIdentity identify(const Runtime& runtime, const Device& device)
{
    return {device.name, device.target, device.pci_address,
            "HIP " + runtime.full_version() + ", " + system_name(), kernel_build()};
}

Result<SelfTest> test_device(const Runtime& runtime, const Device& device,
                             const std::function<void(const SelfTest&)>& on_change)
{
    const auto tell = [&](const SelfTest& test) {
        if (on_change)
            on_change(test);
    };
    SelfTest test;
    test.gpu = identify(runtime, device);
    // As though it were small: kernels that large devices take for much work only are to be tried, too.
    Device small = device;
    small.n_compute_units = 1;
    TRY(const auto backend, create_hip_backend(runtime, small));
    const Status status = run_self_test(*backend, test, tell);
    tell(test);
    TRY_STATUS(status);
    return test;
}

Result<Device> choose_tested_device(const Runtime& runtime, std::string_view wanted, const SelfTests& tests)
{
    const std::vector<std::string> targets = kernel_targets();
    TRY(const std::vector<Device> devices, candidates(runtime.devices(), targets, wanted));
    std::optional<Error> first_error;
    for (const Device& device : devices) {
        if (!has_kernels(device, targets))
            continue;
        const Status status = require_passed(runtime, device, tests);
        if (status)
            return device;
        first_error = first_error.value_or(status.error());
    }
    if (first_error)
        return std::unexpected(*first_error);
    return devices.front(); // whose target the missing kernels are explained by
}

} // namespace rocmforge::hip
