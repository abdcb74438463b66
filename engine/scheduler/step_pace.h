// Keeps steps short: measures how fast prompts are computed and says how many of their tokens fit
// into the time a step may last, so that answers in progress go on and cancelling works meanwhile.
#pragma once

namespace rocmforge {

class StepPace {
public:
    /// `step_seconds` 0 = no limit.
    explicit StepPace(double step_seconds)
        : step_seconds_(step_seconds)
    {
    }

    /// Prompt tokens of the next step, at most `most`.
    [[nodiscard]] int prefill_tokens(int most) const;
    /// A step of n_tokens rows lasted this long.
    void measure(int n_tokens, double seconds);

private:
    double step_seconds_;
    double tokens_per_second_ = 0; ///< 0 = not measured yet
};

} // namespace rocmforge
