#include "model/blocks/pass.h"

namespace rocmforge {
namespace {

/// state.share += the expert that every token takes.
void add_shared_expert(const Pass& pass, const MoeLayer& moe)
{
    const State& s = pass.state;
    feed_forward(pass, s.normed, moe.shared, {});
    if (moe.shared_gate.weight) {
        const int64_t width = moe.shared.up.weight.n_out;
        pass.project(s.router, s.normed, moe.shared_gate);
        pass.backend.gate_by_sigmoid(s.h, s.router, pass.n_tokens * width, width);
    }
    const Linear& down = moe.shared.down;
    pass.backend.project_residual(s.share, s.h, down.weight, down.bias, 1, pass.n_tokens);
}

} // namespace

void mixture_of_experts(const Pass& pass, const Layer& layer)
{
    const auto& [backend, c, s, batch, n] = pass;
    const MoeLayer& moe = layer.moe;
    const Experts experts{moe.experts, moe.routing.n_used, c.activation, c.experts.swiglu_limit,
                          c.experts.weighting};
    backend.norm(s.normed, s.x, layer.ffn_norm, n, c.n_embd);
    pass.project(s.router, s.normed, moe.router);
    backend.moe_route(s.routes, s.router, moe.routing, n);
    backend.moe_ffn(s.share, s.normed, experts, s.routes, n);
    if (moe.shared.up.weight)
        add_shared_expert(pass, moe);
}

} // namespace rocmforge
