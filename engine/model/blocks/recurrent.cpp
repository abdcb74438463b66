#include "model/blocks/recurrent.h"

#include <string>

namespace rocmforge {

Status plan_recurrent(const LayerPlan& plan, Layer& layer)
{
    switch (plan.config().recurrent.kind) {
    case RecurrentKind::none:
        return {};
    case RecurrentKind::short_convolution:
        return plan_short_convolution(plan, layer);
    case RecurrentKind::mamba:
        return plan_mamba(plan, layer);
    case RecurrentKind::mamba2:
        return plan_mamba2(plan, layer);
    case RecurrentKind::gated_delta_net:
        return plan_delta_net(plan, layer);
    }
    return {};
}

void recurrent(const Pass& pass, const Layer& layer, const StateSlots& states)
{
    switch (pass.config.recurrent.kind) {
    case RecurrentKind::none:
        return;
    case RecurrentKind::short_convolution:
        return short_convolution(pass, layer, states);
    case RecurrentKind::mamba:
        return mamba(pass, layer, states);
    case RecurrentKind::mamba2:
        return mamba2(pass, layer, states);
    case RecurrentKind::gated_delta_net:
        return delta_net(pass, layer, states);
    }
}

Status plan_convolution(const LayerPlan& plan, Convolution& convolution, std::string_view name)
{
    const RecurrentConfig& c = plan.config().recurrent;
    convolution.kernel = c.kernel;
    convolution.width = c.conv_width;
    const std::string tensor = plan.name(name);
    const Extent width{c.conv_width, "convolved channels"};
    TRY_STATUS(plan.weights().vector(convolution.weight, tensor + ".weight", {c.kernel, "taps"}, width));
    return plan.weights().optional_vector(convolution.bias, tensor + ".bias", width);
}

} // namespace rocmforge
