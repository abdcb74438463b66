// Attention as launches: tiles of rows, and pages split over workgroups where rows are few.
#pragma once

#include "backend/backend.h"
#include "backend/hip/device_batch.h"
#include "backend/hip/scratch.h"

namespace rocmforge::hip {

/// As in Backend::attention().
struct AttentionCall {
    float* y = nullptr;
    device::Rounded rounded{}; ///< y's, or null
    const float* q = nullptr;
    const KvLayer& kv;
    int n_tokens = 0;
    const Attention& attention;
};

/// What workgroups that share a row of queries leave for the last of them.
struct AttentionScratch {
    Scratch partial;
    ZeroedScratch finished;
};

void launch_attention(Queue& queue, AttentionScratch& scratch, DeviceBatch& batch, const AttentionCall& call);

} // namespace rocmforge::hip
