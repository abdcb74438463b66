#include "backend/hip/hip_objects.h"

namespace rocmforge::hip {
namespace {

std::string allocating(int64_t bytes)
{
    return "allocating " + std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

} // namespace

Result<Stream> create_stream(const Runtime& runtime)
{
    hipStream_t stream = nullptr;
    TRY_STATUS(runtime.check(runtime.api().hipStreamCreateWithFlags(&stream, hipStreamNonBlocking),
                             "creating a stream"));
    return Stream(runtime, stream);
}

Result<Event> create_event(const Runtime& runtime)
{
    hipEvent_t event = nullptr;
    TRY_STATUS(runtime.check(runtime.api().hipEventCreateWithFlags(&event, hipEventDisableTiming),
                             "creating an event"));
    return Event(runtime, event);
}

Result<Module> load_module(const Runtime& runtime, const void* image)
{
    hipModule_t module = nullptr;
    TRY_STATUS(runtime.check(runtime.api().hipModuleLoadData(&module, image), "loading its kernels"));
    return Module(runtime, module);
}

Result<DeviceMemory> allocate_device(const Runtime& runtime, int64_t bytes)
{
    void* memory = nullptr;
    TRY_STATUS(
        runtime.check(runtime.api().hipMalloc(&memory, static_cast<size_t>(bytes)), allocating(bytes)));
    return DeviceMemory(runtime, memory, bytes);
}

Result<PinnedMemory> allocate_pinned(const Runtime& runtime, int64_t bytes)
{
    void* memory = nullptr;
    TRY_STATUS(
        runtime.check(runtime.api().hipHostMalloc(&memory, static_cast<size_t>(bytes), hipHostMallocDefault),
                      allocating(bytes) + " for transfers"));
    return PinnedMemory(runtime, memory);
}

} // namespace rocmforge::hip
