// Recurrent layers as launches. All leave an error with the queue where a layer is larger than the
// kernels take.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_batch.h"
#include "backend/hip/queue.h"

namespace rocmforge::hip {

void launch_convolution(Queue& queue, const DeviceBatch& batch, float* y, const float* x,
                        const StateSlots& states, const Convolution& convolution);
void launch_scan(Queue& queue, const DeviceBatch& batch, float* y, const ScanInputs& in,
                 const StateSlots& states, const SelectiveScan& scan);
void launch_delta_rule(Queue& queue, const DeviceBatch& batch, float* y, const DeltaInputs& in,
                       const StateSlots& states, const DeltaRule& rule);

} // namespace rocmforge::hip
