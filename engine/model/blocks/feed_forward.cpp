#include "model/blocks/pass.h"

namespace rocmforge {
namespace {

/// Whether one step does it.
bool is_fused(const Pass& pass, const FeedForwardLayer& ffn, const Norm& norm)
{
    const bool scaled = ffn.gate.scale != 1 || ffn.up.scale != 1;
    return norm.weight && !ffn.gate.bias && !ffn.up.bias && !scaled && !ffn.gate_deviations
        && !pass.config.gated_twice;
}

void ungated(const Pass& pass, const float* x, const FeedForwardLayer& ffn, const Norm& norm)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t size = n * ffn.up.weight.n_out;
    pass.project(s.h, x, ffn.up, if_present(norm));
    if (ffn.xielu)
        backend.xielu(s.h, s.h, *ffn.xielu, size);
    else
        backend.activate(s.h, s.h, c.self_gated ? s.h : nullptr, c.activation, size);
}

void gated(const Pass& pass, const float* x, const FeedForwardLayer& ffn, const Norm& norm)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t size = n * ffn.up.weight.n_out;
    pass.project({{s.gate, ffn.gate}, {s.h, ffn.up}}, x, if_present(norm));
    if (ffn.gate_deviations)
        backend.keep_above(s.gate, *ffn.gate_deviations, n, ffn.gate.weight.n_out);
    backend.activate(s.h, s.gate, s.h, c.activation, size);
    if (c.gated_twice)
        backend.multiply_by(s.h, s.gate, size);
}

} // namespace

void feed_forward(const Pass& pass, const float* x, const FeedForwardLayer& ffn, const Norm& norm)
{
    const Activations& s = pass.state;
    if (!ffn.gate.weight)
        ungated(pass, x, ffn, norm);
    else if (is_fused(pass, ffn, norm))
        pass.backend.gated_ffn(s.h, x, ffn.gate.weight, ffn.up.weight, norm, pass.config.activation,
                               pass.n_tokens);
    else
        gated(pass, x, ffn, norm);
    if (ffn.inner_norm.weight)
        pass.backend.norm(s.h, s.h, ffn.inner_norm, pass.n_tokens, ffn.up.weight.n_out);
}

} // namespace rocmforge
