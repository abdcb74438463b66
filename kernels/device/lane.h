// What kernels on the host need of whoever runs them (a test's emulator): the lanes of a workgroup, and
// the places where they meet.
#pragma once

#include <stddef.h>

namespace rocmforge::device {

namespace host {

/// What the running lane is.
struct Lane {
    int thread = 0;
    int group[3] = {};
};
extern const Lane* current_lane;

void wait_for_workgroup();
/// The value that lane `source` of this wave gave to the same call.
int exchange_in_wave(int value, int source);
/// Meets the wave's other lanes; what `own` points to is theirs to read until wait_for_wave().
void lend_to_wave(const void* own);
/// What lane `source` of this wave lent.
const void* lent_by(int source);
void wait_for_wave();
/// The workgroup's local memory: always the same, at most 64 KiB.
void* workgroup_memory(size_t bytes);

} // namespace host

} // namespace rocmforge::device
