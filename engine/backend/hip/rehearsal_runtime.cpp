#include "backend/hip/rehearsal_runtime.h"

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace rocmforge::hip {
namespace {

/// An entry point that says that all went well, whatever it is asked for.
template <typename Function> struct Succeeding;
template <typename Value, typename... Arguments> struct Succeeding<Value (*)(Arguments...)> {
    static Value call(Arguments...) { return {}; }
};

hipError_t take_nothing(void** memory, size_t bytes)
{
    constexpr uintptr_t alignment = 256;
    static std::atomic<uintptr_t> next = alignment;
    const uintptr_t address = next.fetch_add((bytes / alignment + 1) * alignment);
    *memory = reinterpret_cast<void*>(address); // NOLINT(performance-no-int-to-ptr)
    return hipSuccess;
}

hipError_t take_host_memory(void** memory, size_t bytes, unsigned)
{
    *memory = std::calloc(bytes, 1);
    return *memory ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t free_host_memory(void* memory)
{
    std::free(memory);
    return hipSuccess;
}

} // namespace

std::unique_ptr<const Runtime> rehearsal_runtime()
{
    Api api;
#define ROCMFORGE_SUCCEED(name) api.name = &Succeeding<decltype(api.name)>::call;
    ROCMFORGE_HIP_ENTRY_POINTS(ROCMFORGE_SUCCEED)
#undef ROCMFORGE_SUCCEED
    api.hipMalloc = take_nothing;
    api.hipHostMalloc = take_host_memory;
    api.hipHostFree = free_host_memory;
    return std::make_unique<Runtime>(api);
}

} // namespace rocmforge::hip
