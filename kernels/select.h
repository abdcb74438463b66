// The greatest of many keys, without sorting them: by their digits, the highest first, a workgroup
// counting (or weighing) what shares the digits found so far.
#pragma once

#include "kernels/device.h"

namespace rocmforge::device {

constexpr int n_digits = 256;
constexpr int digits_of_group = 16;

struct SelectMemory {
    uint64_t bins[n_digits];
    uint64_t groups[n_digits / digits_of_group]; ///< sums of bins
    uint64_t missing; ///< what is wanted beyond the keys that are greater for certain
    uint64_t prefix;
    bool exact; ///< all keys with the prefix belong to the selection
};

/// What the bins above this thread's digit hold, of the first n_digits threads.
DEVICE inline uint64_t sum_above(const SelectMemory& memory, int digit)
{
    const int group = digit / digits_of_group;
    uint64_t sum = 0;
    for (int i = group + 1; i < n_digits / digits_of_group; ++i)
        sum += memory.groups[i];
    for (int i = digit + 1; i < (group + 1) * digits_of_group; ++i)
        sum += memory.bins[i];
    return sum;
}

/// One thread finds that its digit is the next one.
DEVICE inline void choose_digit(SelectMemory& memory, uint64_t missing, uint64_t prefix)
{
    const int digit = thread_index();
    if (digit >= n_digits)
        return;
    const uint64_t above = sum_above(memory, digit), own = memory.bins[digit];
    const bool all = digit == 0 && above + own < missing; // even all keys are not enough
    if (!all && (above >= missing || above + own < missing))
        return;
    memory.missing = missing - above;
    memory.exact = all || own == missing - above;
    memory.prefix = prefix << 8 | static_cast<uint64_t>(digit);
}

/// The least key of the smallest set of greatest keys that weighs at least `wanted` (1 or more); 0 where
/// all together weigh less. `visit(take)` calls take(key, weight) for the keys of this thread, the same
/// ones each time; all of the workgroup's n_threads, at least n_digits, take part.
template <typename Visit>
DEVICE uint64_t select_greatest(SelectMemory& memory, int n_threads, uint64_t wanted, Visit visit)
{
    uint64_t missing = wanted, prefix = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        for (int i = thread_index(); i < n_digits; i += n_threads)
            memory.bins[i] = 0;
        barrier();
        visit([&](uint64_t key, uint64_t weight) {
            if (shift == 56 || key >> (shift + 8) == prefix)
                local_add(&memory.bins[key >> shift & (n_digits - 1)], weight);
        });
        barrier();
        if (thread_index() < n_digits / digits_of_group) {
            uint64_t sum = 0;
            for (int i = 0; i < digits_of_group; ++i)
                sum += memory.bins[thread_index() * digits_of_group + i];
            memory.groups[thread_index()] = sum;
        }
        barrier();
        choose_digit(memory, missing, prefix);
        barrier();
        missing = memory.missing;
        prefix = memory.prefix;
        const bool exact = memory.exact;
        barrier();
        if (exact)
            return prefix << shift;
    }
    return prefix;
}

} // namespace rocmforge::device
