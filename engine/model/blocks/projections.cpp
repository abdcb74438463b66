#include "model/blocks/pass.h"

#include <array>
#include <cmath>

namespace rocmforge {

void Pass::project(std::initializer_list<Output> outputs, const float* x, const Norm* norm) const
{
    std::array<Projection, 3> projections;
    size_t n = 0;
    for (const auto& [out, linear, clamp] : outputs)
        projections[n++] = {out, &linear.weight, linear.scale == 1 ? linear.bias : nullptr,
                            clamp / std::abs(linear.scale)};
    backend.project(std::span(projections).first(n), x, norm, n_tokens);
    for (const auto& [out, linear, clamp] : outputs) {
        if (linear.scale == 1)
            continue;
        backend.scale(out, linear.scale, n_tokens * linear.weight.n_out);
        if (linear.bias)
            backend.add_bias(out, linear.bias, n_tokens, linear.weight.n_out);
    }
}

} // namespace rocmforge
