// Kernels that do what no kernel may, for the tests of what the emulator notices.
#include "kernels/device.h"

namespace rocmforge::device {

struct FaultyParameters {
    float* values;
    int32_t n;
};

/// Writes beyond what it was given.
KERNEL(faulty_far_write, FaultyParameters, 64)
{
    p.values[p.n + 512] = 0;
}

/// The same, but so near that no page protects it.
KERNEL(faulty_near_write, FaultyParameters, 64)
{
    p.values[p.n] = 0;
}

/// Half of the threads wait for the others, which have gone.
KERNEL(faulty_barrier, FaultyParameters, 64)
{
    if (thread_index() < 32)
        barrier();
}

/// Some lanes exchange values with others that do not.
KERNEL(faulty_exchange, FaultyParameters, 64)
{
    if (lane_index() < 5)
        p.values[0] = shuffle_xor(1.0f, 1);
}

/// Sums up what other threads wrote without waiting for them.
KERNEL(faulty_race, FaultyParameters, 64)
{
    auto& shared = local_memory<float[64]>();
    shared[thread_index()] = 1;
    float sum = 0;
    for (int i = 0; i < 64; ++i)
        sum += shared[i];
    p.values[thread_index()] = sum;
}

} // namespace rocmforge::device
