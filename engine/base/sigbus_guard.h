// Address ranges whose SIGBUS faults are survivable. The first guard() installs the process-wide
// handler; faults elsewhere go to the handler that was there before.
#pragma once

#include <cstddef>

namespace rocmforge::sigbus {

inline constexpr int max_ranges = 1024;

/// Any thread. A slot number, or -1 when max_ranges are guarded already.
[[nodiscard]] int guard(const void* begin, size_t size);

/// Before the range is unmapped.
void release(int slot);

/// Did a read in this range fault since guard()?
[[nodiscard]] bool faulted(int slot);

} // namespace rocmforge::sigbus
