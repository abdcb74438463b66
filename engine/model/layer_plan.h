// Plans the tensors of one layer: names come with the layer's prefix, sizes from its configuration.
#pragma once

#include "model/architectures.h"
#include "model/config.h"
#include "model/model.h"
#include "model/weight_plan.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace rocmforge {

/// The tensors `name`.weight (n_out, n_in) and, where present, `name`.bias (n_out) and `name`.scale (1).
struct LinearSpec {
    Linear* to;
    std::string_view name;
    Extent n_in;
    Extent n_out;
};

class LayerPlan {
public:
    LayerPlan(WeightPlan& plan, const Architecture& architecture, const Config& config,
              const LayerConfig& layer, std::string prefix)
        : plan_(plan)
        , architecture_(architecture)
        , config_(config)
        , layer_(layer)
        , prefix_(std::move(prefix))
    {
    }

    [[nodiscard]] const Architecture& architecture() const { return architecture_; }
    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] const LayerConfig& layer() const { return layer_; }
    [[nodiscard]] WeightPlan& weights() const { return plan_; }
    /// "blk.3.attn_q.weight" for "attn_q.weight".
    [[nodiscard]] std::string name(std::string_view tensor) const { return prefix_ + std::string(tensor); }
    [[nodiscard]] bool contains(std::string_view tensor) const { return plan_.contains(name(tensor)); }
    [[nodiscard]] bool wants(Presence presence, std::string_view tensor) const;

    [[nodiscard]] Extent embd() const { return {config_.n_embd, "embedding length"}; }
    [[nodiscard]] Extent ff() const { return {layer_.n_ff, "feed-forward length"}; }

    /// The norm of what the feed-forward block reads: attention's where parallel blocks share it.
    [[nodiscard]] std::string_view ffn_norm_name() const;

    Status linears(std::initializer_list<LinearSpec> specs) const;
    /// Linears of one input that a file may also keep as one tensor, `merged_name`.
    Status linears_or_merged(std::initializer_list<LinearSpec> specs, std::string_view merged_name,
                             bool is_merged) const;
    /// `name`.weight and, where present, `name`.bias, both (groups, width); ones in architectures
    /// whose norms have no weights.
    Status norm(Norm& to, std::string_view name, Extent width, Extent groups = {1, {}}) const;
    Status vector(const float*& to, std::string_view tensor, Extent n) const;
    Status numbers(const float*& to, std::string_view tensor, Extent n) const;
    Status optional_vector(const float*& to, std::string_view tensor, Extent n) const;
    Status matrix(Weight& to, std::string_view tensor, Extent n_in, Extent n_out) const;
    /// Weights that are consecutive rows of `name`.weight, with their biases in `name`.bias.
    Status blocks(std::span<const RowBlock> blocks, std::string_view name, Extent n_in, Extent n_out) const;

private:
    WeightPlan& plan_;
    const Architecture& architecture_;
    const Config& config_;
    const LayerConfig& layer_;
    std::string prefix_;
};

} // namespace rocmforge
