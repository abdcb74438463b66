// The work that a device is given, in order: kernels by name, copies, fills. After an error nothing
// more is enqueued until synchronize() has told of it.
#pragma once

#include "backend/hip/hip_objects.h"
#include "backend/hip/kernel_archive.h"
#include "kernels/parameters.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rocmforge::hip {

/// Workgroups in each dimension.
struct Grid {
    int64_t x = 1;
    int64_t y = 1;
    int64_t z = 1;
};

class Queue {
public:
    /// Loads the kernels on the device, which becomes the calling thread's. device_error,
    /// out_of_memory. The runtime must outlive the queue.
    [[nodiscard]] static Result<Queue> create(const Runtime& runtime, const Device& device,
                                              std::span<const CodeObject> objects);

    /// Nothing where the grid is empty.
    template <typename Parameters>
    void launch(const std::string& kernel, Grid grid, const Parameters& parameters,
                int n_threads = device::workgroup_threads)
    {
        Parameters copy = parameters;
        launch_raw(kernel, grid, &copy, n_threads);
    }

    /// Between host and device or within the device. Host memory must stay as it is until
    /// synchronize().
    void copy(void* to, const void* from, int64_t bytes);
    void fill_zero(void* memory, int64_t bytes);

    /// What is launched until end_recording() is not run but recorded. Memory must not be allocated then.
    void begin_recording();
    /// Null, with the error set, where that failed.
    [[nodiscard]] ExecutableGraph end_recording();
    void replay(const ExecutableGraph& graph);

    /// Marks this point in the work: wait() returns once the device has come there.
    void mark(const Event& event);
    void wait(const Event& event);

    /// Something that launches refer to has moved or gone: recordings of them are of no use.
    void memory_moved() { ++memory_generation_; }
    [[nodiscard]] int64_t memory_generation() const { return memory_generation_; }

    /// Counts everything that was enqueued: the same number means that nothing came in between.
    [[nodiscard]] int64_t n_enqueued() const { return n_enqueued_; }

    /// While held, launches are counted but not made.
    void hold_launches(bool held) { held_ = held; }

    /// Keeps the first error for synchronize(); true where there is none.
    bool succeeded(Status status);
    /// Waits; the first error since the last call.
    [[nodiscard]] Status synchronize();

    /// Workgroups of one wave for each of n rows.
    [[nodiscard]] int64_t groups_of_waves(int64_t n_rows) const
    {
        const int waves = device::workgroup_threads / device_.wave_size;
        return (n_rows + waves - 1) / waves;
    }
    [[nodiscard]] const Runtime& runtime() const { return *runtime_; }
    [[nodiscard]] const Device& device() const { return device_; }

private:
    /// Keeps the error for synchronize().
    void keep(hipError_t error, std::string_view what);
    void launch_raw(const std::string& kernel, Grid grid, void* parameters, int n_threads);
    [[nodiscard]] Result<hipFunction_t> find(const std::string& kernel);

    const Runtime* runtime_ = nullptr;
    Device device_;
    Stream stream_;
    std::vector<Module> modules_;
    std::unordered_map<std::string, hipFunction_t> functions_;
    Status error_;
    int64_t n_enqueued_ = 0;
    bool held_ = false;
    int64_t memory_generation_ = 0;
};

} // namespace rocmforge::hip
