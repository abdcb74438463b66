#include "model/architectures.h"
#include "model/model.h"
#include "model/rope.h"
#include "model/tensors.h"
#include "model/weight_plan.h"

#include <algorithm>

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
        auto found = std::ranges::find(tables_, config, &Entry::config);
        if (found == tables_.end()) {
            const RopeTable table = rope_table(config, divisors_);
            TRY(const float* frequencies, backend_.upload_vector(table.frequencies));
            tables_.push_back({config, frequencies, table.magnitude});
            found = std::prev(tables_.end());
        }
        rope.pairing = config.pairing;
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

Result<std::vector<float>> read_rope_divisors(WeightPlan& plan, const Config& config)
{
    const std::string name = "rope_freqs.weight";
    if (!plan.contains(name))
        return {};
    TRY(std::vector<float> divisors,
        plan.read(name, {config.layers.front().rope.n_rot / 2, "rotated pairs"}));
    if (std::ranges::any_of(divisors, [](float divisor) { return divisor <= 0; }))
        return fail(ErrorKind::invalid_value, "Tensor '" + name + "' holds values that are not above 0.",
                    "Download the file again or choose another conversion of the model.");
    return divisors;
}

Attention attention(const LayerConfig& layer, const Config& config)
{
    return {.n_heads = layer.n_heads, .scale = config.attention_scale, .window = layer.window};
}

KvShape kv_shape(const LayerConfig& layer)
{
    return {layer.n_kv_heads, layer.head_dim, layer.v_head_dim};
}

} // namespace

Result<std::shared_ptr<const Model>> Model::load(const gguf::File& file, Backend& backend,
                                                 const std::function<bool(double)>& progress)
{
    auto model = std::make_shared<Model>();
    model->backend_ = &backend;
    TRY(model->config_, read_config(file));
    const Config& config = model->config_;
    TRY(const Architecture* architecture, find_architecture(config.architecture));

    WeightPlan plan(file);
    TRY_STATUS(plan_weights(plan, *architecture, config, model->weights_));
    TRY(std::vector<float> rope_divisors, read_rope_divisors(plan, config));
    TRY_STATUS(plan.check_complete());
    TRY_STATUS(plan.upload(backend, progress));
    if (!model->weights_.output)
        model->weights_.output = model->weights_.token_embd;

    RopeTables tables(backend, std::move(rope_divisors));
    for (size_t l = 0; l < config.layers.size(); ++l) {
        Layer& layer = model->weights_.layers[l];
        TRY_STATUS(tables.fill(layer.rope, config.layers[l].rope));
        layer.attention = attention(config.layers[l], config);
        model->kv_shapes_.push_back(kv_shape(config.layers[l]));
    }
    TRY_STATUS(file.intact());
    return model;
}

} // namespace rocmforge
