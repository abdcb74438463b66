// One way to load a model, as options say it, and what it takes.
#pragma once

#include "scheduler/load_choice.h"

namespace rocmforge {

struct LoadCandidate {
    int n_gpu_layers = 0;
    ExpertDevice experts = ExpertDevice::of_layer;
    int n_ctx = 0;
    int kv_tokens = 0; ///< 0 = one context
    KvType kv_type = KvType::f16;
};

/// The first device with too little memory; null where all have enough.
[[nodiscard]] const DevicePlan* find_shortfall(const LoadPlan& plan);

/// With the plan of every backend, used or not. The errors of rehearse().
[[nodiscard]] Result<LoadChoice> measure(const LoadSource& source, const LoadCandidate& candidate);

/// The most layers, up to the candidate's, whose share fits the GPU.
[[nodiscard]] Result<int> most_gpu_layers(const LoadSource& source, LoadCandidate candidate);

/// Of a candidate that does not fit: out_of_memory that says by how much, and what would.
[[nodiscard]] std::unexpected<Error> does_not_fit(const LoadSource& source, const LoadCandidate& candidate,
                                                  const DevicePlan& device);

} // namespace rocmforge
