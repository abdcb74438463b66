#include "model/architectures.h"
#include "model/blocks/alternating_updates.h"
#include "model/model.h"
#include "model/next_norms.h"
#include "model/rope.h"
#include "model/tensors.h"
#include "model/weight_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rocmforge {
namespace {

/// Frequency tables by configuration: layers that rotate alike share one.
class RopeTables {
public:
    RopeTables(Backend& backend, std::vector<float> divisors)
        : backend_(backend)
        , divisors_(std::move(divisors))
    {
    }

    Status fill(Rope& rope, const RopeConfig& config)
    {
        rope.pairing = config.pairing;
        if (rope.pairing == RopePairing::none)
            return {};
        auto found = std::ranges::find(tables_, config, &Entry::config);
        if (found == tables_.end()) {
            const RopeTable table =
                rope_table(config, config.has_divisors ? divisors_ : std::vector<float>());
            TRY(const float* frequencies, backend_.upload_vector(table.frequencies));
            tables_.push_back({config, frequencies, table.magnitude});
            found = std::prev(tables_.end());
        }
        rope.n_rot = config.n_rot;
        rope.frequencies = found->frequencies;
        rope.magnitude = found->magnitude;
        return {};
    }

private:
    struct Entry {
        RopeConfig config;
        const float* frequencies;
        float magnitude;
    };

    Backend& backend_;
    std::vector<float> divisors_;
    std::vector<Entry> tables_;
};

Result<std::vector<float>> read_divisors(WeightPlan& plan, const std::string& name, const RopeConfig& rope)
{
    TRY(std::vector<float> divisors, plan.read(name, {rope.n_rot / 2, "rotated pairs"}));
    if (std::ranges::any_of(divisors, [](float divisor) { return divisor <= 0; }))
        return fail(ErrorKind::invalid_value, "Tensor '" + name + "' holds values that are not above 0.",
                    "Download the file again or choose another conversion of the model.");
    return divisors;
}

/// Divisors of the frequencies, empty where the file has none. Files with "long" and "short" ones
/// (LongRoPE, arXiv:2402.13753) mean the long ones for contexts beyond the original length.
Result<std::vector<float>> read_rope_divisors(WeightPlan& plan, const Config& config, int n_ctx)
{
    const auto divided = std::ranges::find_if(config.layers, [](const LayerConfig& layer) {
        return layer.rope.has_divisors && layer.rope.pairing != RopePairing::none;
    });
    if (divided == config.layers.end())
        return {};
    const RopeConfig& rope = divided->rope;
    if (plan.contains("rope_freqs.weight"))
        return read_divisors(plan, "rope_freqs.weight", rope);
    if (!plan.contains("rope_factors_long.weight"))
        return {};
    TRY(std::vector<float> for_long, read_divisors(plan, "rope_factors_long.weight", rope));
    TRY(std::vector<float> for_short, read_divisors(plan, "rope_factors_short.weight", rope));
    return n_ctx > rope.n_ctx_original ? for_long : for_short;
}

/// Slopes of ALiBi (arXiv:2108.12409): powers of 2^(-max_bias / n) for the largest power of two n of
/// heads, then the odd powers of that number's root.
std::vector<float> alibi_slopes(int n_heads, double max_bias)
{
    const int n = static_cast<int>(std::bit_floor(static_cast<unsigned>(n_heads)));
    std::vector<float> slopes;
    for (int h = 0; h < n_heads; ++h) {
        const double exponent = h < n ? h + 1 : (2 * (h - n) + 1) / 2.0;
        slopes.push_back(static_cast<float>(std::exp2(-max_bias * exponent / n)));
    }
    return slopes;
}

Status fill_attention(Attention& attention, const LayerConfig& layer, const Config& config, Backend& backend)
{
    attention.n_heads = layer.n_heads;
    attention.scale = config.attention_scale;
    attention.window = layer.window;
    attention.soft_cap = config.attention_soft_cap;
    attention.causal = config.causal;
    if (config.alibi_max_bias > 0) {
        const std::vector<float> slopes = alibi_slopes(layer.n_heads, config.alibi_max_bias);
        TRY(attention.alibi_slopes, backend.upload_vector(slopes));
    }
    return {};
}

/// Norms without weights, as the backend knows them: with weights of 1.
Status fill_unit_norm(Norm& norm, int64_t width, int groups, const Config& config, Backend& backend)
{
    const std::vector<float> ones(static_cast<size_t>(width * groups), 1.0f);
    TRY(norm.weight, backend.upload_vector(ones));
    norm.eps = config.norm_eps;
    norm.groups = groups;
    return {};
}

Status fill_input_norms(SelectiveScanLayer& block, const Config& config, Backend& backend)
{
    TRY_STATUS(fill_unit_norm(block.dt_norm, config.recurrent.dt_rank, 1, config, backend));
    TRY_STATUS(fill_unit_norm(block.b_norm, config.recurrent.n_state, 1, config, backend));
    block.c_norm = block.b_norm;
    return {};
}

/// What a layer has that is in no tensor.
Status finish_layer(Layer& layer, const LayerConfig& shape, const Architecture& architecture,
                    const Config& config, Backend& backend)
{
    TRY_STATUS(fill_attention(layer.attention, shape, config, backend));
    layer.rope.norm_order = architecture.qk_norm_order;
    layer.gated_attention = architecture.gated_attention;
    layer.is_recurrent = shape.recurrent;
    layer.ffn.gate_deviations = shape.gate_deviations;
    layer.ffn.xielu = shape.xielu;
    if (config.streams.n > 0)
        TRY_STATUS(finish_streams(layer.streams, config, backend));
    if (shape.recurrent && config.recurrent.unit_norms)
        TRY_STATUS(fill_input_norms(layer.recurrent.selective_scan, config, backend));
    if (!layer.attn_v.weight)
        layer.attn_v = layer.attn_k;
    if (config.self_gated)
        for (Expert& expert : layer.moe.experts)
            expert.gate = expert.up;
    if (architecture.unit_v_norm && layer.attn_v.weight)
        TRY_STATUS(fill_unit_norm(layer.attn_v_norm, shape.v_head_dim, shape.n_kv_heads, config, backend));
    if (architecture.unit_qk_norm && layer.rope.pairing != RopePairing::none) {
        TRY_STATUS(fill_unit_norm(layer.rope.q_norm, shape.head_dim, 1, config, backend));
        layer.rope.k_norm = layer.rope.q_norm;
    }
    return {};
}

KvShape kv_shape(const LayerConfig& layer)
{
    return {layer.n_kv_heads, layer.head_dim, layer.v_head_dim};
}

/// Plans all tensors, with the errors of those that are missing, misshapen or without a place.
/// Returns the divisors of the rotation's frequencies.
Result<std::vector<float>> plan_model(WeightPlan& plan, const Config& config, const Placement& placement,
                                      Weights& weights, int n_ctx)
{
    TRY(const Architecture* architecture, find_architecture(config.architecture));
    TRY_STATUS(plan_weights(plan, *architecture, config, placement, weights));
    TRY(std::vector<float> rope_divisors,
        read_rope_divisors(plan, config, n_ctx > 0 ? n_ctx : config.n_ctx_train));
    TRY_STATUS(plan.check_complete());
    return rope_divisors;
}

} // namespace

Status check_tensors(const gguf::File& file, const Config& config)
{
    Adapters none;
    WeightPlan plan(file, none);
    Weights weights;
    TRY(const auto rope_divisors, plan_model(plan, config, Placement::on_one(config), weights, 0));
    return {};
}

Result<std::shared_ptr<const Model>> Model::load(const gguf::File& file, const Config& config,
                                                 Backend& backend, ModelLoading how)
{
    Backend* const only = &backend;
    return load(file, config, {&only, 1}, Placement::on_one(config), std::move(how));
}

Result<std::shared_ptr<const Model>> Model::load(const gguf::File& file, const Config& config,
                                                 std::span<Backend* const> backends, Placement placement,
                                                 ModelLoading how)
{
    auto model = std::make_shared<Model>();
    model->backends_.assign(backends.begin(), backends.end());
    model->placement_ = std::move(placement);
    model->adapters_ = std::move(how.adapters);
    model->config_ = config;

    WeightPlan plan(file, model->adapters_);
    TRY(std::vector<float> rope_divisors,
        plan_model(plan, config, model->placement_, model->weights_, how.n_ctx));
    if (how.contents == WeightContents::omitted)
        TRY_STATUS(plan.rehearse(backends));
    else
        TRY_STATUS(plan.upload(backends, how.progress));
    model->rearranged_ = plan.take_rearranged();
    if (!model->weights_.output && config.has_output)
        model->weights_.output = model->weights_.token_embd;
    TRY_STATUS(model->finish_layers(rope_divisors));
    model->state_sizes_ = recurrent_state_sizes(config);
    TRY_STATUS(file.intact());
    return model;
}

Status Model::finish_layers(const std::vector<float>& rope_divisors)
{
    TRY(const Architecture* architecture, find_architecture(config_.architecture));
    std::vector<RopeTables> tables;
    tables.reserve(backends_.size());
    for (Backend* backend : backends_)
        tables.emplace_back(*backend, rope_divisors);
    for (size_t l = 0; l < config_.layers.size(); ++l) {
        const auto device = static_cast<size_t>(placement_.layers[l]);
        TRY_STATUS(tables[device].fill(weights_.layers[l].rope, config_.layers[l].rope));
        TRY_STATUS(
            finish_layer(weights_.layers[l], config_.layers[l], *architecture, config_, *backends_[device]));
        kv_shapes_.push_back(kv_shape(config_.layers[l]));
    }
    find_next_norms(weights_, placement_);
    return {};
}

std::vector<Backend*> Model::layer_backends() const
{
    std::vector<Backend*> backends;
    backends.reserve(placement_.layers.size());
    for (const int device : placement_.layers)
        backends.push_back(backends_[static_cast<size_t>(device)]);
    return backends;
}

} // namespace rocmforge
