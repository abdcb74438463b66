// Gated short convolution (LFM2): a window of a few tokens, gated by the input before and after.
#include "model/blocks/recurrent.h"

namespace rocmforge {

Status plan_short_convolution(const LayerPlan& plan, Layer& layer)
{
    ShortConvolutionLayer& block = layer.recurrent.short_convolution;
    const Extent embd = plan.embd();
    const RowBlock parts[] = {{&block.b.weight, &block.b.bias, embd.size},
                              {&block.c.weight, &block.c.bias, embd.size},
                              {&block.x.weight, &block.x.bias, embd.size}};
    TRY_STATUS(plan.blocks(parts, "shortconv.in_proj", embd, {3 * embd.size, "3 times embedding length"}));
    TRY_STATUS(plan_convolution(plan, layer.recurrent.convolution, "shortconv.conv"));
    return plan.linears({{&layer.recurrent.output, "shortconv.out_proj", embd, embd}});
}

void short_convolution(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    const auto& [backend, c, s, batch, n] = pass;
    const ShortConvolutionLayer& block = layer.recurrent.short_convolution;
    const Projection bcx[] = {{s.convolved, &block.b.weight, block.b.bias},
                              {s.z, &block.c.weight, block.c.bias},
                              {s.mixed, &block.x.weight, block.x.bias}};
    backend.project(bcx, s.x, &layer.attn_norm, n);
    backend.multiply_by(s.mixed, s.convolved, pass.embedding_size());
    backend.short_convolution(s.y, s.mixed, states, batch, layer.recurrent.convolution);
    backend.multiply_by(s.y, s.z, pass.embedding_size());
}

} // namespace rocmforge
