#include "workgroup.h"

#include "guarded_memory.h"

#include <boost/context/detail/fcontext.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace rocmforge::device::host {

const Lane* current_lane = nullptr;

void wait_for_workgroup()
{
    emulator::workgroup().wait_for_workgroup();
}

int exchange_in_wave(int value, int source)
{
    return emulator::workgroup().exchange_in_wave(value, source);
}

void lend_to_wave(const void* own)
{
    emulator::workgroup().lend_to_wave(own);
}

const void* lent_by(int source)
{
    return emulator::workgroup().lent_by(source);
}

void wait_for_wave()
{
    emulator::workgroup().wait_for_wave();
}

void* workgroup_memory(size_t bytes)
{
    return emulator::workgroup().local_memory(bytes);
}

} // namespace rocmforge::device::host

namespace rocmforge::emulator {

namespace context = boost::context::detail;

namespace {

constexpr int max_threads = 1024;
constexpr size_t max_local_bytes = 65536;

} // namespace

Workgroup& workgroup()
{
    static Workgroup instance;
    return instance;
}

Workgroup::Workgroup()
    : fibers_(max_threads)
    , local_memory_(map_guarded(max_local_bytes))
{
    for (Fiber& fiber : fibers_)
        fiber.stack = map_guarded(fiber_stack_bytes);
}

Workgroup::~Workgroup()
{
    for (Fiber& fiber : fibers_)
        unmap_guarded(static_cast<std::byte*>(fiber.stack), fiber_stack_bytes);
    unmap_guarded(local_memory_, max_local_bytes);
}

std::string Workgroup::run(const Launch& launch, std::mt19937_64& random)
{
    launch_ = &launch;
    complaint_.clear();
    const int64_t n_groups = int64_t{launch.grid[0]} * launch.grid[1] * launch.grid[2];
    std::vector<int64_t> order(static_cast<size_t>(n_groups));
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (const int64_t index : order) {
        const int x = static_cast<int>(index % launch.grid[0]);
        const int y = static_cast<int>(index / launch.grid[0] % launch.grid[1]);
        const int z = static_cast<int>(index / launch.grid[0] / launch.grid[1]);
        prepare_lanes({x, y, z});
        if (std::string complaint = run_group(random); !complaint.empty())
            return complaint;
    }
    return {};
}

void Workgroup::prepare_lanes(const int (&group)[3])
{
    if (local_bytes_ > 0)
        std::memset(local_memory_ + max_local_bytes - local_bytes_, 0xff, local_bytes_);
    local_bytes_ = 0;
    const auto start = [](context::transfer_t from) {
        Workgroup& self = workgroup();
        self.scheduler_ = from.fctx;
        self.run_lane();
    };
    for (int i = 0; i < launch_->n_threads; ++i) {
        Fiber& fiber = fibers_[static_cast<size_t>(i)];
        fiber.lane = {i, {group[0], group[1], group[2]}};
        fiber.state = State::ready;
        fiber.n_exchanges = 0;
        fiber.context = context::make_fcontext(end_of_stack(fiber), fiber_stack_bytes, start);
    }
}

std::string Workgroup::run_group(std::mt19937_64& random)
{
    std::vector<std::vector<int>> waves;
    for (int first = 0; first < launch_->n_threads; first += launch_->wave_size) {
        const int n = std::min(launch_->wave_size, launch_->n_threads - first);
        std::vector<int>& wave = waves.emplace_back(static_cast<size_t>(n));
        std::iota(wave.begin(), wave.end(), first);
    }
    std::shuffle(waves.begin(), waves.end(), random);
    while (true) {
        for (auto& wave : waves)
            run_wave(wave, random);
        if (!complaint_.empty())
            return complaint_;
        const auto is = [this](State state) {
            return [this, state](const auto& wave) { return all(wave, state); };
        };
        if (std::all_of(waves.begin(), waves.end(), is(State::done)))
            return {};
        if (!std::all_of(waves.begin(), waves.end(), is(State::at_barrier)))
            return "some threads of a workgroup ended while others wait at a barrier";
        for (int i = 0; i < launch_->n_threads; ++i)
            fibers_[static_cast<size_t>(i)].state = State::ready;
    }
}

/// Until all lanes are done or at a barrier.
void Workgroup::run_wave(std::vector<int>& lanes, std::mt19937_64& random)
{
    while (complaint_.empty()) {
        // One shuffle per meeting would cost more than the lanes do: begin somewhere else each time.
        std::rotate(lanes.begin(), lanes.begin() + static_cast<std::ptrdiff_t>(random() % lanes.size()),
                    lanes.end());
        for (const int lane : lanes)
            if (Fiber& fiber = fibers_[static_cast<size_t>(lane)]; fiber.state == State::ready)
                resume(fiber);
        if (!complaint_.empty() || !any(lanes, State::at_wave))
            return;
        if (!all(lanes, State::at_wave)) {
            complaint_ = "some lanes of a wave do not take part in an exchange";
            return;
        }
        for (const int lane : lanes)
            fibers_[static_cast<size_t>(lane)].state = State::ready;
    }
}

bool Workgroup::all(const std::vector<int>& lanes, State state) const
{
    return std::all_of(lanes.begin(), lanes.end(),
                       [&](int lane) { return fibers_[static_cast<size_t>(lane)].state == state; });
}

bool Workgroup::any(const std::vector<int>& lanes, State state) const
{
    return std::any_of(lanes.begin(), lanes.end(),
                       [&](int lane) { return fibers_[static_cast<size_t>(lane)].state == state; });
}

void Workgroup::resume(Fiber& fiber)
{
    running_ = &fiber;
    device::host::current_lane = &fiber.lane;
    fiber.context = context::jump_fcontext(fiber.context, nullptr).fctx;
    running_ = nullptr;
}

void Workgroup::suspend(State state)
{
    running_->state = state;
    scheduler_ = context::jump_fcontext(scheduler_, nullptr).fctx;
}

void Workgroup::run_lane()
{
    launch_->function(launch_->parameters);
    suspend(State::done);
}

void Workgroup::wait_for_workgroup()
{
    suspend(State::at_barrier);
}

int Workgroup::exchange_in_wave(int value, int source)
{
    Fiber& self = *running_;
    const int parity = self.n_exchanges++ % 2;
    self.exchanged[parity] = value;
    suspend(State::at_wave);
    return in_wave(source).exchanged[parity];
}

void Workgroup::lend_to_wave(const void* own)
{
    running_->lent = own;
    suspend(State::at_wave);
}

const void* Workgroup::lent_by(int source)
{
    return in_wave(source).lent;
}

void Workgroup::wait_for_wave()
{
    suspend(State::at_wave);
}

void* Workgroup::end_of_stack(const Fiber& fiber)
{
    return static_cast<std::byte*>(fiber.stack) + fiber_stack_bytes;
}

Workgroup::Fiber& Workgroup::in_wave(int lane)
{
    const int first = running_->lane.thread / launch_->wave_size * launch_->wave_size;
    return fibers_[static_cast<size_t>(first + lane)];
}

void* Workgroup::local_memory(size_t bytes)
{
    constexpr size_t alignment = 16;
    const size_t rounded = (bytes + alignment - 1) / alignment * alignment;
    if (rounded > max_local_bytes)
        abandon_lane("more than 64 KiB of local memory");
    if (rounded > local_bytes_) {
        local_bytes_ = rounded;
        std::memset(local_memory_ + max_local_bytes - rounded, 0xff, rounded);
    }
    return local_memory_ + max_local_bytes - local_bytes_;
}

void Workgroup::abandon_lane(std::string complaint)
{
    complaint_ = std::move(complaint);
    suspend(State::done);
    __builtin_unreachable();
}

} // namespace rocmforge::emulator
