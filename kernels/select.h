// The greatest of many keys, without sorting them: by their digits, the highest first, a workgroup
// counting (or weighing) what shares the digits found so far.
#pragma once

#include "kernels/device.h"

namespace rocmforge::device {

constexpr int n_digits = 256;
constexpr int digits_of_group = 16;

/// `Weight`: of keys and of their sums, uint32_t or uint64_t.
template <typename Weight> struct SelectMemory {
    Weight bins[n_digits];
    Weight groups[n_digits / digits_of_group]; ///< sums of bins
    Weight missing; ///< what is wanted beyond the keys that are greater for certain
    uint64_t prefix;
    bool exact; ///< all keys with the prefix belong to the selection
};

/// What the bins above this thread's digit hold, of the first n_digits threads.
template <typename Weight> DEVICE inline Weight sum_above(const SelectMemory<Weight>& memory, int digit)
{
    const int group = digit / digits_of_group;
    Weight sum = 0;
    for (int i = group + 1; i < n_digits / digits_of_group; ++i)
        sum += memory.groups[i];
    for (int i = digit + 1; i < (group + 1) * digits_of_group; ++i)
        sum += memory.bins[i];
    return sum;
}

/// One thread finds that its digit is the next one.
template <typename Weight>
DEVICE inline void choose_digit(SelectMemory<Weight>& memory, Weight missing, uint64_t prefix)
{
    const int digit = thread_index();
    if (digit >= n_digits)
        return;
    const Weight above = sum_above(memory, digit), own = memory.bins[digit];
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
template <typename Weight, typename Visit>
DEVICE uint64_t select_greatest(SelectMemory<Weight>& memory, int n_threads, Weight wanted, Visit visit)
{
    Weight missing = wanted;
    uint64_t prefix = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        for (int i = thread_index(); i < n_digits; i += n_threads)
            memory.bins[i] = 0;
        barrier();
        visit([&](uint64_t key, Weight weight) {
            if (shift == 56 || key >> (shift + 8) == prefix)
                local_add(&memory.bins[key >> shift & (n_digits - 1)], weight);
        });
        barrier();
        if (thread_index() < n_digits / digits_of_group) {
            Weight sum = 0;
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
