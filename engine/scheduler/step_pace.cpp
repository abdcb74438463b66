#include "scheduler/step_pace.h"

#include <algorithm>

namespace rocmforge {

namespace {

/// Fewer rows do not pay for reading the weights, and say little about the speed.
constexpr int fewest_tokens = 32;
constexpr int first_tokens = 128;

} // namespace

int StepPace::prefill_tokens(int most) const
{
    if (step_seconds_ <= 0)
        return most;
    const double fitting = tokens_per_second_ > 0 ? tokens_per_second_ * step_seconds_ : first_tokens;
    return static_cast<int>(std::clamp<double>(fitting, std::min(fewest_tokens, most), most));
}

void StepPace::measure(int n_tokens, double seconds)
{
    if (n_tokens >= fewest_tokens && seconds > 0)
        tokens_per_second_ = n_tokens / seconds;
}

} // namespace rocmforge
