#include "model/config_parts.h"

#include <algorithm>
#include <string>

namespace rocmforge {
namespace {

constexpr IntegerRange kernel_range{2, max_convolution_kernel};

Status read_short_convolution(RecurrentConfig& recurrent, int n_embd, const Hyperparameters& parameters)
{
    TRY(recurrent.kernel, parameters.integer("shortconv.l_cache", kernel_range));
    recurrent.conv_width = n_embd;
    return {};
}

Status read_selective_scan(RecurrentConfig& recurrent, const Hyperparameters& parameters)
{
    TRY(recurrent.dt_rank, parameters.integer("ssm.time_step_rank", width_range));
    TRY(recurrent.unit_norms, parameters.boolean("ssm.dt_b_c_rms", false));
    recurrent.n_heads = recurrent.inner;
    recurrent.n_groups = 1;
    return {};
}

Status read_grouped_scan(RecurrentConfig& recurrent, int n_embd, const Hyperparameters& parameters)
{
    TRY(recurrent.n_heads, parameters.integer("ssm.time_step_rank", {1, recurrent.inner}));
    if (recurrent.inner % recurrent.n_heads)
        return parameters.invalid("ssm.time_step_rank", std::to_string(recurrent.n_heads),
                                  "a divisor of the inner size " + std::to_string(recurrent.inner));
    recurrent.n_groups = 1;
    recurrent.dt_rank = std::max(64, n_embd / 16);
    return {};
}

/// Value heads and the key heads they share.
Status read_heads(RecurrentConfig& recurrent, const Hyperparameters& parameters)
{
    TRY(recurrent.n_heads, parameters.integer("ssm.time_step_rank", {1, recurrent.inner}));
    TRY(recurrent.n_groups, parameters.integer("ssm.group_count", {1, recurrent.n_heads}));
    if (recurrent.inner % recurrent.n_heads)
        return parameters.invalid("ssm.time_step_rank", std::to_string(recurrent.n_heads),
                                  "a divisor of the inner size " + std::to_string(recurrent.inner));
    if (recurrent.n_heads % recurrent.n_groups)
        return parameters.invalid("ssm.group_count", std::to_string(recurrent.n_groups),
                                  "a divisor of the " + std::to_string(recurrent.n_heads) + " heads");
    return {};
}

int convolved_width(const RecurrentConfig& recurrent)
{
    if (recurrent.kind == RecurrentKind::selective_scan || recurrent.kind == RecurrentKind::grouped_scan)
        return recurrent.inner;
    return static_cast<int>(recurrent.inner + 2 * recurrent.key_width());
}

} // namespace

Result<std::vector<bool>> recurrent_layers(const Architecture& architecture,
                                           const Hyperparameters& parameters,
                                           const std::vector<int>& n_kv_heads, const std::vector<int>& n_ff)
{
    const Recurrent& recurrent = architecture.recurrent;
    std::vector<bool> layers(n_kv_heads.size(), false);
    if (recurrent.kind == RecurrentKind::none)
        return layers;
    TRY(const int period,
        parameters.integer("full_attention_interval", {0, layers_range.largest}, recurrent.attention_period));
    for (size_t l = 0; l < layers.size(); ++l) {
        const bool only_feeds_forward = architecture.blocks == LayerBlocks::one && n_ff[l] > 0;
        const bool attends = period > 0 ? ends_period(static_cast<int>(l), period) : n_kv_heads[l] > 0;
        layers[l] = recurrent.beside_attention || (!attends && !only_feeds_forward);
    }
    return layers;
}

Status read_recurrent(Config& config, const Architecture& architecture, const Hyperparameters& parameters)
{
    RecurrentConfig& recurrent = config.recurrent;
    recurrent.kind = architecture.recurrent.kind;
    recurrent.sharing = architecture.recurrent.sharing;
    if (recurrent.kind == RecurrentKind::none)
        return {};
    if (recurrent.kind == RecurrentKind::short_convolution)
        return read_short_convolution(recurrent, config.n_embd, parameters);
    TRY(recurrent.kernel, parameters.integer("ssm.conv_kernel", kernel_range));
    TRY(recurrent.inner, parameters.integer("ssm.inner_size", width_range));
    TRY(recurrent.n_state, parameters.integer("ssm.state_size", {1, 1 << 16}));
    if (recurrent.kind == RecurrentKind::selective_scan)
        TRY_STATUS(read_selective_scan(recurrent, parameters));
    else if (recurrent.kind == RecurrentKind::grouped_scan)
        TRY_STATUS(read_grouped_scan(recurrent, config.n_embd, parameters));
    else
        TRY_STATUS(read_heads(recurrent, parameters));
    recurrent.conv_width = convolved_width(recurrent);
    return {};
}

} // namespace rocmforge
