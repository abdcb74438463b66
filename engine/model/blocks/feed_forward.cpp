#include "model/blocks/pass.h"

namespace rocmforge {

void feed_forward(const Pass& pass, const float* x, const FeedForwardLayer& ffn, const Norm& norm)
{
    const auto& [backend, c, s, batch, n] = pass;
    const Linear& gate = ffn.gate;
    const Linear& up = ffn.up;
    const int64_t size = n * up.weight.n_out;
    if (ffn.xielu) {
        pass.project(s.h, x, up, if_present(norm));
        backend.xielu(s.h, s.h, *ffn.xielu, size);
    } else if (!gate.weight) {
        pass.project(s.h, x, up, if_present(norm));
        backend.activate(s.h, s.h, c.self_gated ? s.h : nullptr, c.activation, size);
    } else if (norm.weight && !gate.bias && !up.bias && !ffn.gate_deviations) {
        backend.gated_ffn(s.h, x, gate.weight, up.weight, norm, c.activation, n);
    } else {
        const Projection gate_up[] = {{s.gate, &gate.weight, gate.bias}, {s.h, &up.weight, up.bias}};
        backend.project(gate_up, x, if_present(norm), n);
        if (ffn.gate_deviations)
            backend.keep_above(s.gate, *ffn.gate_deviations, n, gate.weight.n_out);
        backend.activate(s.h, s.gate, s.h, c.activation, size);
    }
}

} // namespace rocmforge
