#include "model/tensors.h"

#include <string>

namespace rocmforge {
namespace {

enum class Width { embd, q, k, v, y, ff, expert_ff, shared_ff };

/// The tensors `name`.weight and, where present, `name`.bias, as a member of Owner.
template <typename Owner> struct LinearSpec {
    std::string_view name;
    Linear Owner::* member;
    Width n_in;
    Width n_out;
};

constexpr LinearSpec<Layer> qkv_linears[] = {
    {"attn_q", &Layer::attn_q, Width::embd, Width::q},
    {"attn_k", &Layer::attn_k, Width::embd, Width::k},
    {"attn_v", &Layer::attn_v, Width::embd, Width::v},
};
constexpr LinearSpec<Layer> attn_output_linear{"attn_output", &Layer::attn_output, Width::y, Width::embd};
constexpr LinearSpec<Expert> gate_up_linears[] = {
    {"ffn_gate", &Expert::gate, Width::embd, Width::ff},
    {"ffn_up", &Expert::up, Width::embd, Width::ff},
};
constexpr LinearSpec<Expert> ffn_up_linear = gate_up_linears[1];
constexpr LinearSpec<Expert> ffn_down_linear{"ffn_down", &Expert::down, Width::ff, Width::embd};
constexpr LinearSpec<Expert> shared_linears[] = {
    {"ffn_gate_shexp", &Expert::gate, Width::embd, Width::shared_ff},
    {"ffn_up_shexp", &Expert::up, Width::embd, Width::shared_ff},
    {"ffn_down_shexp", &Expert::down, Width::shared_ff, Width::embd},
};
constexpr LinearSpec<Expert> expert_linears[] = {
    {"ffn_gate_exps", &Expert::gate, Width::embd, Width::expert_ff},
    {"ffn_up_exps", &Expert::up, Width::embd, Width::expert_ff},
    {"ffn_down_exps", &Expert::down, Width::expert_ff, Width::embd},
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
    case Width::expert_ff:
        return {config.experts.n_ff, "expert feed-forward length"};
    case Width::shared_ff:
        return {config.experts.n_ff_shared, "shared expert feed-forward length"};
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
        for (int l = config_.n_layers; l < config_.n_layers + config_.n_prediction_layers; ++l)
            plan_.ignore("blk." + std::to_string(l) + ".");
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
        if (wants(architecture_.attn_sinks, prefix + "attn_sinks.weight"))
            TRY_STATUS(
                plan_.vector(layer.attention.sinks, prefix + "attn_sinks.weight", {shape.n_heads, "heads"}));
        TRY_STATUS(linear(layer, attn_output_linear, shape, prefix));
        TRY_STATUS(ffn_norms(layer, prefix));
        if (shape.has_experts)
            return experts(layer.moe, shape, prefix);
        TRY_STATUS(gate_up(layer.ffn, shape, prefix));
        return linear(layer.ffn, ffn_down_linear, shape, prefix);
    }

    Status experts(MoeLayer& moe, const LayerConfig& shape, const std::string& prefix)
    {
        const ExpertConfig& c = config_.experts;
        const Extent n_experts{c.n_experts, "experts"};
        moe.routing = {c.n_experts, c.n_used,        c.gating,     nullptr,
                       c.n_groups,  c.n_groups_used, c.normalized, c.scale};
        moe.experts.resize(static_cast<size_t>(c.n_experts));
        TRY_STATUS(plan_.matrix(moe.router.weight, prefix + "ffn_gate_inp.weight", embd(), n_experts));
        TRY_STATUS(plan_.optional_vector(moe.router.bias, prefix + "ffn_gate_inp.bias", n_experts));
        TRY_STATUS(plan_.optional_vector(moe.routing.selection_bias, prefix + "exp_probs_b.bias", n_experts));
        for (const auto& spec : expert_linears)
            TRY_STATUS(stacked(moe.experts, spec, shape, prefix));
        return c.n_ff_shared > 0 ? shared_expert(moe, shape, prefix) : Status();
    }

    Status shared_expert(MoeLayer& moe, const LayerConfig& shape, const std::string& prefix)
    {
        for (const auto& spec : shared_linears)
            TRY_STATUS(linear(moe.shared, spec, shape, prefix));
        const std::string gate = prefix + "ffn_gate_inp_shexp.weight";
        return plan_.contains(gate) ? plan_.matrix(moe.shared_gate.weight, gate, embd(), {1, "gate"})
                                    : Status();
    }

    /// One weight of every expert, kept as one tensor (n_experts, n_out, n_in).
    Status stacked(std::vector<Expert>& experts, const LinearSpec<Expert>& spec, const LayerConfig& shape,
                   const std::string& prefix)
    {
        const Extent rows = extent(spec.n_out, config_, shape);
        std::vector<RowBlock> blocks;
        for (Expert& expert : experts)
            blocks.push_back({&(expert.*spec.member).weight, &(expert.*spec.member).bias, rows.size});
        const Extent all_rows{rows.size * config_.experts.n_experts, "rows of all experts"};
        return merged(blocks, prefix + std::string(spec.name), extent(spec.n_in, config_, shape), all_rows);
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
            return merged(layer, std::span<const LinearSpec<Layer>>(qkv_linears), prefix + "attn_qkv", shape);
        for (const auto& spec : qkv_linears)
            TRY_STATUS(linear(layer, spec, shape, prefix));
        return {};
    }

    Status gate_up(Expert& ffn, const LayerConfig& shape, const std::string& prefix)
    {
        if (architecture_.feed_forward == FeedForward::plain)
            return linear(ffn, ffn_up_linear, shape, prefix);
        const bool separate = plan_.contains(prefix + "ffn_gate.weight");
        if (!separate && plan_.n_rows(prefix + "ffn_up.weight") == 2 * int64_t{shape.n_ff})
            return merged(ffn, std::span<const LinearSpec<Expert>>(gate_up_linears), prefix + "ffn_up",
                          shape);
        for (const auto& spec : gate_up_linears)
            TRY_STATUS(linear(ffn, spec, shape, prefix));
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

    template <typename Owner>
    Status linear(Owner& owner, const LinearSpec<Owner>& spec, const LayerConfig& shape,
                  const std::string& prefix)
    {
        Linear& to = owner.*spec.member;
        const std::string name = prefix + std::string(spec.name);
        const Extent n_out = extent(spec.n_out, config_, shape);
        TRY_STATUS(plan_.matrix(to.weight, name + ".weight", extent(spec.n_in, config_, shape), n_out));
        return plan_.optional_vector(to.bias, name + ".bias", n_out);
    }

    /// Several weights that read the same embedding, kept as one tensor.
    template <typename Owner>
    Status merged(Owner& owner, std::span<const LinearSpec<Owner>> specs, const std::string& name,
                  const LayerConfig& shape)
    {
        std::vector<RowBlock> blocks;
        Extent all_rows{0, "merged rows"};
        for (const LinearSpec<Owner>& spec : specs) {
            Linear& to = owner.*spec.member;
            blocks.push_back({&to.weight, &to.bias, extent(spec.n_out, config_, shape).size});
            all_rows.size += blocks.back().n_out;
        }
        return merged(blocks, name, embd(), all_rows);
    }

    Status merged(std::span<const RowBlock> blocks, const std::string& name, Extent n_in, Extent n_out)
    {
        TRY_STATUS(plan_.merged(blocks, name + ".weight", n_in, n_out));
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
