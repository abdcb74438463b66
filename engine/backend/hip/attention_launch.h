// Attention as launches: tiles of rows, and pages split over workgroups where rows are few.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_batch.h"
#include "backend/hip/scratch.h"

namespace rocmforge::hip {

/// As in Backend::attention().
struct AttentionCall {
    float* y = nullptr;
    const float* q = nullptr;
    const KvLayer& kv;
    int n_tokens = 0;
    const Attention& attention;
};

void launch_attention(Queue& queue, Scratch& partial, DeviceBatch& batch, const AttentionCall& call);

} // namespace rocmforge::hip
