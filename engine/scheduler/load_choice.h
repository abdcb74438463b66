// How a model is loaded: which layers on which device, how large a cache. Decided from what it takes.
#pragma once

#include "scheduler/rehearsal.h"

#include <rocmforge/load_plan.h>

namespace rocmforge {

struct LoadChoice {
    LoadShape shape;
    LoadPlan plan;
};

/// What the options ask for, and as many layers on the GPU and as large a cache as there is room for
/// where they leave that open. out_of_memory, with what is missing where and what would fit.
[[nodiscard]] Result<LoadChoice> choose_load(const LoadSource& source);

} // namespace rocmforge
