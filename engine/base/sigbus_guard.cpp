#include "base/sigbus_guard.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <sys/mman.h>
#include <unistd.h>

namespace rocmforge::sigbus {
namespace {

// The handler may run at any instruction: a range matches only while both bounds are set, so
// `end` is written last when a slot is taken and cleared first when it is given back.
struct Range {
    std::atomic<bool> taken{false};
    std::atomic<uintptr_t> begin{0};
    std::atomic<uintptr_t> end{0};
    std::atomic<bool> faulted{false};

    [[nodiscard]] bool contains(uintptr_t address) const
    {
        return address < end.load() && address >= begin.load();
    }
};
static_assert(std::atomic<uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

std::array<Range, max_ranges> ranges;
uintptr_t page_size = 4096;
struct sigaction previous;

Range* find_range(uintptr_t address)
{
    for (Range& range : ranges)
        if (range.contains(address))
            return &range;
    return nullptr;
}

bool put_zero_page(void* address)
{
    void* page = static_cast<std::byte*>(address) - reinterpret_cast<uintptr_t>(address) % page_size;
    return mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page;
}

void call_previous(int signal, siginfo_t* info, void* context)
{
    if (previous.sa_flags & SA_SIGINFO)
        previous.sa_sigaction(signal, info, context);
    else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN)
        sigaction(SIGBUS, &previous, nullptr); // the instruction faults again, as without us
    else
        previous.sa_handler(signal);
}

/// Async-signal-safe: lock-free atomics and system calls only.
void handle(int signal, siginfo_t* info, void* context)
{
    const int saved_errno = errno;
    const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
    Range* range = find_range(address);
    if (range && put_zero_page(info->si_addr))
        range->faulted = true;
    else
        call_previous(signal, info, context);
    errno = saved_errno;
}

void install()
{
    page_size = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

} // namespace

int guard(const void* begin, size_t size)
{
    static std::once_flag installed;
    std::call_once(installed, install);
    for (int slot = 0; slot < max_ranges; ++slot) {
        Range& range = ranges[static_cast<size_t>(slot)];
        if (range.taken.exchange(true))
            continue;
        range.faulted = false;
        range.begin = reinterpret_cast<uintptr_t>(begin);
        range.end = reinterpret_cast<uintptr_t>(begin) + size;
        return slot;
    }
    return -1;
}

void release(int slot)
{
    Range& range = ranges[static_cast<size_t>(slot)];
    range.end = 0;
    range.begin = 0;
    range.taken = false;
}

bool faulted(int slot)
{
    return ranges[static_cast<size_t>(slot)].faulted;
}

} // namespace rocmforge::sigbus
