// Runs the lanes of a workgroup, each on a stack of its own, so that they can meet at barriers and
// exchange values within a wave.
#pragma once

#include "kernels/device/lane.h"

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace rocmforge::emulator {

using KernelFunction = void (*)(const void* parameters);

struct Launch {
    KernelFunction function = nullptr;
    const void* parameters = nullptr;
    int grid[3] = {1, 1, 1};
    int n_threads = 0;
    int wave_size = 32;
};

class Workgroup {
public:
    Workgroup();
    ~Workgroup();
    Workgroup(const Workgroup&) = delete;
    Workgroup& operator=(const Workgroup&) = delete;

    /// Runs a whole grid, workgroup by workgroup in random order. Empty, or what the kernel did wrong.
    [[nodiscard]] std::string run(const Launch& launch, std::mt19937_64& random);

    // Called by lanes.
    void wait_for_workgroup();
    [[nodiscard]] int exchange_in_wave(int value, int source);
    void lend_to_wave(const void* own);
    [[nodiscard]] const void* lent_by(int source);
    void wait_for_wave();
    [[nodiscard]] void* local_memory(size_t bytes);

    /// Called on a lane's stack: the lane that runs ends with this complaint.
    [[noreturn]] void abandon_lane(std::string complaint);
    [[nodiscard]] bool is_running() const { return running_ != nullptr; }
    /// Of the lane that runs: its stack grows down from here.
    [[nodiscard]] void* end_of_stack() const { return end_of_stack(*running_); }

private:
    enum class State { ready, at_wave, at_barrier, done };
    struct Fiber {
        device::host::Lane lane;
        void* stack = nullptr; ///< its mapping
        void* context = nullptr;
        State state = State::ready;
        int n_exchanges = 0;
        int exchanged[2] = {}; ///< by parity of the exchange: a lane is at most one ahead of another
        const void* lent = nullptr;
    };

    [[nodiscard]] static void* end_of_stack(const Fiber& fiber);
    /// Lane `lane` of the running lane's wave.
    [[nodiscard]] Fiber& in_wave(int lane);
    void prepare_lanes(const int (&group)[3]);
    [[nodiscard]] std::string run_group(std::mt19937_64& random);
    void run_wave(std::vector<int>& lanes, std::mt19937_64& random);
    [[nodiscard]] bool all(const std::vector<int>& lanes, State state) const;
    [[nodiscard]] bool any(const std::vector<int>& lanes, State state) const;
    void resume(Fiber& fiber);
    void suspend(State state);
    void run_lane();

    const Launch* launch_ = nullptr;
    std::vector<Fiber> fibers_;
    Fiber* running_ = nullptr;
    void* scheduler_ = nullptr; ///< the context that resumed the running lane
    std::string complaint_;
    std::byte* local_memory_ = nullptr;
    size_t local_bytes_ = 0;
};

/// The one that kernels run in.
[[nodiscard]] Workgroup& workgroup();

} // namespace rocmforge::emulator
