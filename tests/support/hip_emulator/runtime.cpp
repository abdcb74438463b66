// The HIP entry points that the engine uses, over a device that is this processor. Everything is done
// when it is called; after a kernel's first error the device is lost, as a GPU is.
#include "kernels.h"
#include "memory.h"
#include "settings.h"
#include "workgroup.h"

#define __HIP_DISABLE_CPP_FUNCTIONS__ // NOLINT(bugprone-reserved-identifier): HIP's own switch
#include <hip/hip_runtime_api.h>

#include <signal.h>
#include <ucontext.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <set>
#include <string>

using namespace rocmforge::emulator;

namespace {

/// A kernel as it was launched, to be run or replayed.
struct Work {
    const Kernel* kernel;
    Launch launch;
    std::vector<std::byte> parameters;
};
using RecordedWork = std::vector<Work>;

struct Runtime {
    Memory memory;
    Memory pinned; ///< the host's
    std::mt19937_64 random{settings().seed};
    std::deque<Kernel> kernels; ///< that were asked for; they stay where they are
    int device = 0;
    int n_allocations = 0;
    std::unique_ptr<RecordedWork> recording; ///< null = work is run at once
    std::set<std::string> launched; ///< names
    int n_launches = 0;
    hipError_t error = hipSuccess; ///< sticky
    std::string complaint = "no error"; ///< of the sticky error
};

std::unique_ptr<Runtime>& instance()
{
    static auto runtime = std::make_unique<Runtime>();
    return runtime;
}

Runtime& runtime()
{
    return *instance();
}

hipError_t fail(hipError_t error, std::string complaint)
{
    if (runtime().error == hipSuccess) {
        runtime().error = error;
        runtime().complaint = std::move(complaint);
    }
    return error;
}

/// What real runtimes refuse while work is being recorded.
bool is_recording()
{
    return runtime().recording != nullptr;
}

const std::string& current_target()
{
    return settings().targets[static_cast<size_t>(runtime().device)];
}

/// Each kernel's parameters begin with the pointer to its results.
void spoil_first_result(const void* parameters)
{
    uint8_t* results = nullptr;
    std::memcpy(static_cast<void*>(&results), parameters, sizeof results);
    results[3] ^= 0x80; // the sign of a float or of a whole number
}

const void* fault_address = nullptr;

void abandon_faulty_lane()
{
    workgroup().abandon_lane("access " + runtime().memory.describe(fault_address));
}

/// Returns into abandon_faulty_lane() where a lane runs: sanitizers want handlers to return.
void on_fault(int number, siginfo_t* info, void* interrupted)
{
    if (!workgroup().is_running()) {
        signal(number, SIG_DFL);
        return; // to fault again
    }
    fault_address = info->si_addr;
    auto& registers = static_cast<ucontext_t*>(interrupted)->uc_mcontext;
    const auto stack = reinterpret_cast<uintptr_t>(workgroup().end_of_stack());
#if defined(__x86_64__)
    registers.gregs[REG_RIP] = static_cast<greg_t>(reinterpret_cast<uintptr_t>(abandon_faulty_lane));
    registers.gregs[REG_RSP] = static_cast<greg_t>(stack - sizeof(void*)); // as after a call
#elif defined(__aarch64__)
    registers.pc = reinterpret_cast<uintptr_t>(abandon_faulty_lane);
    registers.sp = stack;
#endif
}

/// While it lives, a fault in a kernel ends the kernel instead of the process.
class FaultGuard {
public:
    FaultGuard()
    {
        static std::byte stack[65536];
        stack_t alternate{};
        alternate.ss_sp = stack;
        alternate.ss_size = sizeof stack;
        sigaltstack(&alternate, &old_stack_);
        struct sigaction action{};
        action.sa_sigaction = on_fault;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGSEGV, &action, &old_action_);
    }
    ~FaultGuard()
    {
        sigaction(SIGSEGV, &old_action_, nullptr);
        sigaltstack(&old_stack_, nullptr);
    }
    FaultGuard(const FaultGuard&) = delete;
    FaultGuard& operator=(const FaultGuard&) = delete;

private:
    stack_t old_stack_{};
    struct sigaction old_action_{};
};

hipError_t run(const Work& work)
{
    const std::string& name = work.kernel->name;
    if (runtime().error != hipSuccess)
        return runtime().error;
    runtime().launched.insert(name);
    ++runtime().n_launches;
    if (settings().faulty_kernel.is(name, current_target()))
        return fail(hipErrorIllegalAddress, name + ": access at an address that belongs to no allocation");
    Launch launch = work.launch;
    launch.parameters = work.parameters.data();
    const FaultGuard guard;
    const std::string complaint = workgroup().run(launch, runtime().random);
    if (!complaint.empty())
        return fail(hipErrorIllegalAddress, name + ": " + complaint);
    if (settings().wrong_kernel.is(name, current_target()))
        spoil_first_result(work.parameters.data());
    return hipSuccess;
}

} // namespace

extern "C" {

/// For tests: a new device, with the settings of the environment as it is now. Allocations are lost.
void hip_emulator_reset()
{
    reload_settings();
    instance() = std::make_unique<Runtime>();
}

/// For tests: from now on every launch and wait fails, as when a GPU falls off its bus.
void hip_emulator_lose_device()
{
    static_cast<void>(fail(hipErrorLaunchFailure, "the device is lost"));
}

/// For tests: whether a kernel was run since the last reset.
int hip_emulator_has_run(const char* kernel)
{
    return runtime().launched.contains(kernel);
}

/// For tests: how many kernels were run since the last reset.
int hip_emulator_n_launches()
{
    return runtime().n_launches;
}

/// For tests: how many pieces of memory were asked for since the last reset.
int hip_emulator_n_allocations()
{
    return runtime().n_allocations;
}

hipError_t hipRuntimeGetVersion(int* version)
{
    *version = 6 * 10'000'000 + 2 * 100'000;
    return hipSuccess;
}

const char* hipGetErrorString(hipError_t error)
{
    if (error == runtime().error)
        return runtime().complaint.c_str();
    return error == hipErrorOutOfMemory ? "out of memory" : "error of the emulator";
}

hipError_t hipGetDeviceCount(int* count)
{
    *count = static_cast<int>(settings().targets.size());
    return *count > 0 ? hipSuccess : hipErrorNoDevice;
}

hipError_t hipSetDevice(int device)
{
    runtime().device = device;
    return hipSuccess;
}

/// The layout that libraries since ROCm 6 use; only what the engine reads of it is filled.
hipError_t hipGetDevicePropertiesR0600(void* properties, int device)
{
    constexpr size_t name_bytes = 256, target_offset = 1160;
    auto* bytes = static_cast<char*>(properties);
    const std::string target = settings().targets[static_cast<size_t>(device)] + ":xnack-";
    std::snprintf(bytes, name_bytes, "Emulated GPU");
    std::snprintf(bytes + target_offset, name_bytes, "%s", target.c_str());
    return hipSuccess;
}

hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device)
{
    switch (attribute) {
    case hipDeviceAttributeWarpSize:
        *value = wave_size_of(settings().targets[static_cast<size_t>(device)]);
        return hipSuccess;
    case hipDeviceAttributeMultiprocessorCount:
        *value = 4;
        return hipSuccess;
    case hipDeviceAttributePciBusId:
        *value = device + 1;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipDeviceTotalMem(size_t* bytes, hipDevice_t)
{
    *bytes = settings().memory_bytes;
    return hipSuccess;
}

hipError_t hipMemGetInfo(size_t* available, size_t* total)
{
    *total = settings().memory_bytes;
    *available = *total - runtime().memory.allocated();
    return hipSuccess;
}

hipError_t hipMalloc(void** memory, size_t bytes)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is allocated in a recording");
    const size_t left = settings().memory_bytes - runtime().memory.allocated();
    if (++runtime().n_allocations == settings().failing_allocation || bytes > left)
        return hipErrorOutOfMemory;
    *memory = runtime().memory.allocate(bytes);
    return *memory ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hipFree(void* memory)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is freed in a recording");
    return runtime().memory.release(memory) ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipHostMalloc(void** memory, size_t bytes, unsigned)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is allocated in a recording");
    if (++runtime().n_allocations == settings().failing_allocation)
        return hipErrorOutOfMemory;
    *memory = runtime().pinned.allocate(bytes);
    return *memory ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hipHostFree(void* memory)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is freed in a recording");
    return runtime().pinned.release(memory) ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipMemcpyAsync(void* to, const void* from, size_t bytes, hipMemcpyKind, hipStream_t)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is copied in a recording");
    std::memmove(to, from, bytes);
    return hipSuccess;
}

hipError_t hipMemsetAsync(void* memory, int value, size_t bytes, hipStream_t)
{
    if (is_recording())
        return fail(hipErrorStreamCaptureUnsupported, "memory is set in a recording");
    std::memset(memory, value, bytes);
    return hipSuccess;
}

hipError_t hipStreamCreateWithFlags(hipStream_t* stream, unsigned)
{
    *stream = reinterpret_cast<hipStream_t>(&runtime());
    return hipSuccess;
}

hipError_t hipStreamDestroy(hipStream_t)
{
    return hipSuccess;
}

hipError_t hipStreamSynchronize(hipStream_t)
{
    for (const Memory* memory : {&runtime().memory, &runtime().pinned})
        if (const std::string damage = memory->find_damage(); !damage.empty())
            return fail(hipErrorIllegalAddress, damage);
    return runtime().error;
}

hipError_t hipStreamBeginCapture(hipStream_t, hipStreamCaptureMode)
{
    if (is_recording())
        return fail(hipErrorIllegalState, "a recording in a recording");
    runtime().recording = std::make_unique<RecordedWork>();
    return hipSuccess;
}

hipError_t hipStreamEndCapture(hipStream_t, hipGraph_t* graph)
{
    if (!is_recording())
        return hipErrorIllegalState;
    *graph = reinterpret_cast<hipGraph_t>(runtime().recording.release());
    return hipSuccess;
}

hipError_t hipGraphInstantiate(hipGraphExec_t* executable, hipGraph_t graph, hipGraphNode_t*, char*, size_t)
{
    *executable =
        reinterpret_cast<hipGraphExec_t>(new RecordedWork(*reinterpret_cast<const RecordedWork*>(graph)));
    return hipSuccess;
}

hipError_t hipGraphLaunch(hipGraphExec_t executable, hipStream_t)
{
    for (const Work& work : *reinterpret_cast<const RecordedWork*>(executable))
        if (const hipError_t error = run(work); error != hipSuccess)
            return error;
    return hipSuccess;
}

hipError_t hipGraphExecDestroy(hipGraphExec_t executable)
{
    delete reinterpret_cast<RecordedWork*>(executable);
    return hipSuccess;
}

hipError_t hipGraphDestroy(hipGraph_t graph)
{
    delete reinterpret_cast<RecordedWork*>(graph);
    return hipSuccess;
}

hipError_t hipEventCreateWithFlags(hipEvent_t* event, unsigned)
{
    *event = reinterpret_cast<hipEvent_t>(&runtime());
    return hipSuccess;
}

hipError_t hipEventRecord(hipEvent_t, hipStream_t)
{
    return is_recording() ? fail(hipErrorStreamCaptureUnsupported, "an event in a recording") : hipSuccess;
}

hipError_t hipEventSynchronize(hipEvent_t)
{
    return hipStreamSynchronize(nullptr);
}

hipError_t hipEventDestroy(hipEvent_t)
{
    return hipSuccess;
}

/// Takes any code object: the kernels are those of the same sources in this library.
hipError_t hipModuleLoadData(hipModule_t* module, const void* image)
{
    if (std::memcmp(image, "\177ELF", 4) != 0)
        return hipErrorInvalidImage;
    *module = reinterpret_cast<hipModule_t>(&runtime());
    return hipSuccess;
}

hipError_t hipModuleUnload(hipModule_t)
{
    return hipSuccess;
}

hipError_t hipModuleGetFunction(hipFunction_t* function, hipModule_t, const char* name)
{
    const int wave_size = wave_size_of(current_target());
    std::optional<Kernel> kernel = find_kernel(name, wave_size);
    if (!kernel)
        return hipErrorNotFound;
    *function = reinterpret_cast<hipFunction_t>(&runtime().kernels.emplace_back(*std::move(kernel)));
    return hipSuccess;
}

hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned, hipStream_t,
                                 void** parameters, void**)
{
    const auto& kernel = *reinterpret_cast<const Kernel*>(function);
    if (runtime().error != hipSuccess)
        return runtime().error;
    const bool fits = grid_x > 0 && grid_y > 0 && grid_z > 0 && block_x > 0 && block_y == 1 && block_z == 1;
    if (!fits || block_x > static_cast<unsigned>(kernel.max_threads)
        || block_x % unsigned(kernel.wave_size) != 0)
        return fail(hipErrorInvalidValue, kernel.name + ": a launch of a shape it does not have");
    const Launch launch{kernel.function,
                        nullptr,
                        {int(grid_x), int(grid_y), int(grid_z)},
                        static_cast<int>(block_x),
                        kernel.wave_size};
    const auto* first = static_cast<const std::byte*>(parameters[0]);
    Work work{&kernel, launch, {first, first + kernel.parameter_bytes}};
    if (!is_recording())
        return run(work);
    runtime().recording->push_back(std::move(work));
    return hipSuccess;
}
}
