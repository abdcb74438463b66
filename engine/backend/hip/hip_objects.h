// Owners of what the HIP runtime hands out.
#pragma once

#include "backend/hip/hip_runtime.h"

#include <cstdint>
#include <memory>
#include <utility>

namespace rocmforge::hip {

/// Gives a handle back with the entry point `Destroy` of the runtime it came from, which must outlive
/// it. Moved from: owns nothing.
template <typename Handle, auto Destroy> class Owned {
public:
    Owned() = default;
    Owned(const Runtime& runtime, Handle handle)
        : runtime_(&runtime)
        , handle_(handle)
    {
    }
    Owned(Owned&& other) noexcept
        : runtime_(other.runtime_)
        , handle_(std::exchange(other.handle_, nullptr))
    {
    }
    Owned& operator=(Owned&& other) noexcept
    {
        std::swap(runtime_, other.runtime_);
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Owned()
    {
        // There is nobody left to tell of an error.
        if (handle_)
            static_cast<void>((runtime_->api().*Destroy)(handle_));
    }

    [[nodiscard]] Handle get() const { return handle_; }

private:
    const Runtime* runtime_ = nullptr;
    Handle handle_ = nullptr;
};

using Stream = Owned<hipStream_t, &Api::hipStreamDestroy>;
using Module = Owned<hipModule_t, &Api::hipModuleUnload>;
using Event = Owned<hipEvent_t, &Api::hipEventDestroy>;
using Graph = Owned<hipGraph_t, &Api::hipGraphDestroy>;
using ExecutableGraph = Owned<hipGraphExec_t, &Api::hipGraphExecDestroy>;
using PinnedMemory = Owned<void*, &Api::hipHostFree>;

/// Memory of a device, counted with its runtime.
class DeviceMemory {
public:
    DeviceMemory() = default;
    DeviceMemory(const Runtime& runtime, void* memory, int64_t bytes)
        : memory_(runtime, memory)
        , count_(&runtime, Uncount{bytes})
    {
        runtime.count_memory(bytes);
    }

    [[nodiscard]] void* get() const { return memory_.get(); }

private:
    struct Uncount {
        int64_t bytes;
        void operator()(const Runtime* runtime) const { runtime->count_memory(-bytes); }
    };

    Owned<void*, &Api::hipFree> memory_;
    std::unique_ptr<const Runtime, Uncount> count_;
};

/// Of the current device. All may return device_error or out_of_memory.
[[nodiscard]] Result<Stream> create_stream(const Runtime& runtime);
[[nodiscard]] Result<Event> create_event(const Runtime& runtime);
/// `image` is a code object for the device.
[[nodiscard]] Result<Module> load_module(const Runtime& runtime, const void* image);
[[nodiscard]] Result<DeviceMemory> allocate_device(const Runtime& runtime, int64_t bytes);
/// Host memory that the device copies from and to without the host waiting.
[[nodiscard]] Result<PinnedMemory> allocate_pinned(const Runtime& runtime, int64_t bytes);

} // namespace rocmforge::hip
