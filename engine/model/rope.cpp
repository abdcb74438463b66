#include "model/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace rocmforge {
namespace {

/// The pair that turns `rotations` times within the original context, as a fraction of n_rot
/// (YaRN, arXiv:2309.00071, section 3.2).
double correction_dimension(const RopeConfig& rope, double rotations)
{
    const double wavelength = rope.n_ctx_original / (rotations * 2 * std::numbers::pi);
    return rope.n_rot * std::log(wavelength) / (2 * std::log(rope.theta));
}

/// How much of pair i keeps its original frequency: 1 for fast pairs, 0 for slow ones.
double yarn_ramp(const RopeConfig& rope, int i)
{
    const double low = std::max(0.0, std::floor(correction_dimension(rope, rope.yarn_beta_fast)));
    const double high =
        std::min(rope.n_rot - 1.0, std::ceil(correction_dimension(rope, rope.yarn_beta_slow)));
    const double ramp = (i - low) / std::max(0.001, high - low);
    return 1 - std::clamp(ramp, 0.0, 1.0);
}

double yarn_magnitude(const RopeConfig& rope)
{
    const double growth = 0.1 * std::log(rope.factor);
    return (1 + growth) / (1 + rope.yarn_log_multiplier * growth);
}

double scaled(const RopeConfig& rope, int i, double frequency)
{
    switch (rope.scaling) {
    case RopeScaling::none:
        return frequency;
    case RopeScaling::linear:
        return frequency / rope.factor;
    case RopeScaling::yarn: {
        const double original = yarn_ramp(rope, i) * rope.yarn_extrapolation;
        return frequency / rope.factor * (1 - original) + frequency * original;
    }
    }
    return frequency;
}

} // namespace

RopeTable rope_table(const RopeConfig& rope, std::span<const float> divisors)
{
    RopeTable table;
    table.magnitude = static_cast<float>(rope.magnitude);
    if (rope.scaling == RopeScaling::yarn && rope.yarn_extrapolation != 0)
        table.magnitude *= static_cast<float>(yarn_magnitude(rope));
    for (int i = 0; i < rope.n_rot / 2; ++i) {
        double frequency = std::pow(rope.theta, -2.0 * i / rope.n_rot);
        if (!divisors.empty())
            frequency /= double(divisors[static_cast<size_t>(i)]);
        table.frequencies.push_back(static_cast<float>(scaled(rope, i, frequency)));
    }
    return table;
}

} // namespace rocmforge
