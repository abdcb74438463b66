// The tensor table: which tensors of a file become which weights of the model.
#pragma once

#include "model/architectures.h"
#include "model/config.h"
#include "model/model.h"
#include "model/placement.h"
#include "model/weight_plan.h"

namespace rocmforge {

/// Plans all of `weights` and sets the norms' parameters. `weights` must stay where it is until
/// the plan is uploaded. Errors as those of WeightPlan.
[[nodiscard]] Status plan_weights(WeightPlan& plan, const Architecture& architecture, const Config& config,
                                  const Placement& placement, Weights& weights);

} // namespace rocmforge
