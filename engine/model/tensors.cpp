#include "model/tensors.h"

#include <string>

namespace rocmforge {
namespace {

enum class Width { embd, q, k, v, y, ff };

/// The tensors `name`.weight and, where present, `name`.bias.
struct LinearSpec {
    std::string_view name;
    Linear Layer::* member;
    Width n_in;
    Width n_out;
};

constexpr LinearSpec layer_linears[] = {
    {"attn_q", &Layer::attn_q, Width::embd, Width::q},
    {"attn_k", &Layer::attn_k, Width::embd, Width::k},
    {"attn_v", &Layer::attn_v, Width::embd, Width::v},
    {"attn_output", &Layer::attn_output, Width::y, Width::embd},
    {"ffn_gate", &Layer::ffn_gate, Width::embd, Width::ff},
    {"ffn_up", &Layer::ffn_up, Width::embd, Width::ff},
    {"ffn_down", &Layer::ffn_down, Width::ff, Width::embd},
};

struct NormSpec {
    std::string_view name;
    Norm Layer::* member;
};

constexpr NormSpec layer_norms[] = {
    {"attn_norm", &Layer::attn_norm},
    {"ffn_norm", &Layer::ffn_norm},
};

Extent extent(Width width, const Config& config, const LayerConfig& layer)
{
    switch (width) {
    case Width::embd:
        return {config.n_embd, "embedding length"};
    case Width::q:
        return {layer.q_width(), "query heads times head dimension"};
    case Width::k:
        return {layer.k_width(), "key heads times head dimension"};
    case Width::v:
        return {layer.v_width(), "value heads times head dimension"};
    case Width::y:
        return {layer.y_width(), "query heads times value head dimension"};
    case Width::ff:
        return {layer.n_ff, "feed-forward length"};
    }
    return {};
}

class Planner {
public:
    Planner(WeightPlan& plan, const Architecture& architecture, const Config& config)
        : plan_(plan)
        , architecture_(architecture)
        , config_(config)
    {
    }

    Status model(Weights& weights)
    {
        const Extent embd{config_.n_embd, "embedding length"};
        const Extent vocab{config_.vocab_size, "tokens in the vocabulary"};
        TRY_STATUS(plan_.matrix(weights.token_embd, "token_embd.weight", embd, vocab));
        weights.layers.resize(config_.layers.size());
        for (size_t l = 0; l < weights.layers.size(); ++l)
            TRY_STATUS(layer(weights.layers[l], config_.layers[l], "blk." + std::to_string(l) + "."));
        TRY_STATUS(norm(weights.output_norm, "output_norm", embd));
        if (!plan_.contains("output.weight"))
            return {};
        return plan_.matrix(weights.output, "output.weight", embd, vocab);
    }

private:
    Status layer(Layer& layer, const LayerConfig& shape, const std::string& prefix)
    {
        for (const NormSpec& spec : layer_norms)
            TRY_STATUS(norm(layer.*spec.member, prefix + std::string(spec.name),
                            extent(Width::embd, config_, shape)));
        for (const LinearSpec& spec : layer_linears)
            TRY_STATUS(linear(layer.*spec.member, prefix + std::string(spec.name),
                              extent(spec.n_in, config_, shape), extent(spec.n_out, config_, shape)));
        return head_norms(layer.rope, shape, prefix);
    }

    Status head_norms(Rope& rope, const LayerConfig& shape, const std::string& prefix)
    {
        if (architecture_.qk_norm == Presence::never)
            return {};
        const Extent head{shape.head_dim, "head dimension"};
        TRY_STATUS(norm(rope.q_norm, prefix + "attn_q_norm", head));
        return norm(rope.k_norm, prefix + "attn_k_norm", head);
    }

    Status linear(Linear& to, const std::string& name, Extent n_in, Extent n_out)
    {
        TRY_STATUS(plan_.matrix(to.weight, name + ".weight", n_in, n_out));
        return plan_.optional_vector(to.bias, name + ".bias", n_out);
    }

    Status norm(Norm& to, const std::string& name, Extent width)
    {
        to.eps = config_.norm_eps;
        to.kind = architecture_.norm;
        TRY_STATUS(plan_.vector(to.weight, name + ".weight", width));
        return plan_.optional_vector(to.bias, name + ".bias", width);
    }

    WeightPlan& plan_;
    const Architecture& architecture_;
    const Config& config_;
};

} // namespace

Status plan_weights(WeightPlan& plan, const Architecture& architecture, const Config& config,
                    Weights& weights)
{
    return Planner(plan, architecture, config).model(weights);
}

} // namespace rocmforge
