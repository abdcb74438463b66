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

constexpr LinearSpec qkv_linears[] = {
    {"attn_q", &Layer::attn_q, Width::embd, Width::q},
    {"attn_k", &Layer::attn_k, Width::embd, Width::k},
    {"attn_v", &Layer::attn_v, Width::embd, Width::v},
};
constexpr LinearSpec attn_output_linear{"attn_output", &Layer::attn_output, Width::y, Width::embd};
constexpr LinearSpec gate_up_linears[] = {
    {"ffn_gate", &Layer::ffn_gate, Width::embd, Width::ff},
    {"ffn_up", &Layer::ffn_up, Width::embd, Width::ff},
};
constexpr LinearSpec ffn_up_linear = gate_up_linears[1];
constexpr LinearSpec ffn_down_linear{"ffn_down", &Layer::ffn_down, Width::ff, Width::embd};

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

/// What all tensors of a model share.
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
        TRY_STATUS(embeddings(weights));
        weights.layers.resize(config_.layers.size());
        for (size_t l = 0; l < weights.layers.size(); ++l)
            TRY_STATUS(layer(weights.layers[l], config_.layers[l], "blk." + std::to_string(l) + "."));
        return output(weights);
    }

private:
    Status embeddings(Weights& weights)
    {
        const Extent n_ctx{config_.n_ctx_train, "context length"};
        TRY_STATUS(plan_.matrix(weights.token_embd, "token_embd.weight", embd(), vocab()));
        if (wants(architecture_.position_embd, "position_embd.weight"))
            TRY_STATUS(plan_.matrix(weights.position_embd, "position_embd.weight", embd(), n_ctx));
        if (wants(architecture_.embd_norm, "token_embd_norm.weight"))
            TRY_STATUS(norm(weights.token_embd_norm, "token_embd_norm", embd()));
        return {};
    }

    Status output(Weights& weights)
    {
        TRY_STATUS(norm(weights.output_norm, "output_norm", embd()));
        if (!plan_.contains("output.weight"))
            return {};
        TRY_STATUS(plan_.matrix(weights.output, "output.weight", embd(), vocab()));
        return plan_.optional_vector(weights.output_bias, "output.bias", vocab());
    }

    Status layer(Layer& layer, const LayerConfig& shape, const std::string& prefix)
    {
        TRY_STATUS(attention_norms(layer, prefix));
        TRY_STATUS(qkv(layer, shape, prefix));
        TRY_STATUS(qk_norms(layer, shape, prefix));
        TRY_STATUS(linear(layer, attn_output_linear, shape, prefix));
        TRY_STATUS(ffn_norms(layer, prefix));
        TRY_STATUS(gate_up(layer, shape, prefix));
        return linear(layer, ffn_down_linear, shape, prefix);
    }

    Status attention_norms(Layer& layer, const std::string& prefix)
    {
        if (architecture_.norms != NormPlacement::before)
            TRY_STATUS(norm(layer.attn_post_norm, prefix + "post_attention_norm", embd()));
        if (architecture_.norms == NormPlacement::after)
            return {};
        // Where a second norm exists, attention reads that one and the feed-forward block the first.
        const bool second = plan_.contains(prefix + "attn_norm_2.weight");
        return norm(layer.attn_norm, prefix + (second ? "attn_norm_2" : "attn_norm"), embd());
    }

    Status ffn_norms(Layer& layer, const std::string& prefix)
    {
        if (architecture_.norms != NormPlacement::before)
            TRY_STATUS(norm(layer.ffn_post_norm, prefix + "post_ffw_norm", embd()));
        if (architecture_.norms == NormPlacement::after)
            return {};
        const std::string name = prefix + std::string(architecture_.ffn_norm);
        const bool may_lack_norm = architecture_.residual == Residual::parallel_without_ffn_norm;
        layer.parallel = config_.parallel || (may_lack_norm && !plan_.contains(name + ".weight"));
        const bool shared = layer.parallel && !plan_.contains(name + ".weight");
        return norm(layer.ffn_norm, shared ? prefix + "attn_norm" : name, embd());
    }

    Status qkv(Layer& layer, const LayerConfig& shape, const std::string& prefix)
    {
        if (plan_.contains(prefix + "attn_qkv.weight"))
            return merged(layer, qkv_linears, prefix + "attn_qkv", shape);
        for (const LinearSpec& spec : qkv_linears)
            TRY_STATUS(linear(layer, spec, shape, prefix));
        return {};
    }

    Status gate_up(Layer& layer, const LayerConfig& shape, const std::string& prefix)
    {
        if (architecture_.feed_forward == FeedForward::plain)
            return linear(layer, ffn_up_linear, shape, prefix);
        const bool separate = plan_.contains(prefix + "ffn_gate.weight");
        if (!separate && plan_.n_rows(prefix + "ffn_up.weight") == 2 * int64_t{shape.n_ff})
            return merged(layer, gate_up_linears, prefix + "ffn_up", shape);
        for (const LinearSpec& spec : gate_up_linears)
            TRY_STATUS(linear(layer, spec, shape, prefix));
        return {};
    }

    Status qk_norms(Layer& layer, const LayerConfig& shape, const std::string& prefix)
    {
        TRY_STATUS(
            head_norm(layer.attn_q_norm, layer.rope.q_norm, prefix + "attn_q_norm", shape.n_heads, shape));
        return head_norm(layer.attn_k_norm, layer.rope.k_norm, prefix + "attn_k_norm", shape.n_kv_heads,
                         shape);
    }

    /// A norm of queries or keys is one of three: the same for every head, one per head, or one over
    /// all heads together. The tensor's shape tells.
    Status head_norm(Norm& all_heads, Norm& each_head, const std::string& name, int n_heads,
                     const LayerConfig& shape)
    {
        if (!wants(architecture_.qk_norm, name + ".weight"))
            return {};
        const Extent head{shape.head_dim, "head dimension"};
        const Extent heads{n_heads, "heads"};
        const Extent width{int64_t{n_heads} * shape.head_dim, "heads times head dimension"};
        if (plan_.n_rows(name + ".weight") > 1) {
            all_heads.groups = n_heads;
            return norm(all_heads, name, head, heads);
        }
        const bool whole = n_heads > 1 && plan_.row_length(name + ".weight") == width.size;
        return whole ? norm(all_heads, name, width) : norm(each_head, name, head);
    }

    Status linear(Layer& layer, const LinearSpec& spec, const LayerConfig& shape, const std::string& prefix)
    {
        Linear& to = layer.*spec.member;
        const std::string name = prefix + std::string(spec.name);
        const Extent n_out = extent(spec.n_out, config_, shape);
        TRY_STATUS(plan_.matrix(to.weight, name + ".weight", extent(spec.n_in, config_, shape), n_out));
        return plan_.optional_vector(to.bias, name + ".bias", n_out);
    }

    /// Several weights that read the same input, kept as one tensor.
    Status merged(Layer& layer, std::span<const LinearSpec> specs, const std::string& name,
                  const LayerConfig& shape)
    {
        std::vector<RowBlock> blocks;
        Extent n_out{0, "merged rows"};
        for (const LinearSpec& spec : specs) {
            Linear& to = layer.*spec.member;
            blocks.push_back({&to.weight, &to.bias, extent(spec.n_out, config_, shape).size});
            n_out.size += blocks.back().n_out;
        }
        TRY_STATUS(plan_.merged(blocks, name + ".weight", embd(), n_out));
        if (!plan_.contains(name + ".bias"))
            return {};
        return plan_.merged_biases(blocks, name + ".bias", n_out);
    }

    Status norm(Norm& to, const std::string& name, Extent width, Extent groups = {1, {}})
    {
        to.eps = config_.norm_eps;
        to.kind = architecture_.norm;
        TRY_STATUS(plan_.vector(to.weight, name + ".weight", width, groups));
        return plan_.optional_vector(to.bias, name + ".bias", width, groups);
    }

    [[nodiscard]] Extent embd() const { return {config_.n_embd, "embedding length"}; }
    [[nodiscard]] Extent vocab() const { return {config_.vocab_size, "tokens in the vocabulary"}; }
    [[nodiscard]] bool wants(Presence presence, const std::string& name) const
    {
        return presence == Presence::required || (presence == Presence::optional && plan_.contains(name));
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
