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
    case RecurrentKind::selective_scan:
        return plan_selective_scan(plan, layer);
    case RecurrentKind::grouped_scan:
        return plan_grouped_scan(plan, layer);
    case RecurrentKind::multi_head_scan:
        return plan_multi_head_scan(plan, layer);
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
    case RecurrentKind::selective_scan:
    case RecurrentKind::grouped_scan:
        return selective_scan(pass, layer, states);
    case RecurrentKind::multi_head_scan:
        return multi_head_scan(pass, layer, states);
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
