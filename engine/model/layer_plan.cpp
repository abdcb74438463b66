#include "model/layer_plan.h"

namespace rocmforge {

bool LayerPlan::wants(Presence presence, std::string_view tensor) const
{
    return presence == Presence::required || (presence == Presence::optional && contains(tensor));
}

std::string_view LayerPlan::ffn_norm_name() const
{
    const bool may_be_shared =
        config_.parallel || architecture_.residual == Residual::parallel_without_ffn_norm;
    const bool shared = may_be_shared && !contains(std::string(architecture_.ffn_norm) + ".weight");
    return shared ? "attn_norm" : architecture_.ffn_norm;
}

Status LayerPlan::linears(std::initializer_list<LinearSpec> specs) const
{
    for (const LinearSpec& spec : specs) {
        const std::string name = this->name(spec.name);
        TRY_STATUS(plan_.matrix(spec.to->weight, name + ".weight", spec.n_in, spec.n_out));
        TRY_STATUS(plan_.optional_vector(spec.to->bias, name + ".bias", spec.n_out));
        TRY(spec.to->scale, plan_.scale(name));
    }
    return {};
}

Status LayerPlan::linears_or_merged(std::initializer_list<LinearSpec> specs, std::string_view merged_name,
                                    bool is_merged) const
{
    if (!is_merged)
        return linears(specs);
    std::vector<RowBlock> parts;
    Extent all_rows{0, "merged rows"};
    for (const LinearSpec& spec : specs) {
        parts.push_back({&spec.to->weight, &spec.to->bias, spec.n_out.size});
        all_rows.size += spec.n_out.size;
    }
    return blocks(parts, merged_name, specs.begin()->n_in, all_rows);
}

Status LayerPlan::norm(Norm& to, std::string_view name, Extent width, Extent groups) const
{
    to.eps = config_.norm_eps;
    to.kind = architecture_.norm;
    to.groups = static_cast<int>(groups.size);
    if (architecture_.unit_norms)
        return plan_.ones(to.weight, width.size * groups.size);
    const std::string tensor = this->name(name);
    const bool bare = plan_.contains(tensor); // as some converters wrote it
    TRY_STATUS(plan_.vector(to.weight, bare ? tensor : tensor + ".weight", width, groups));
    return plan_.optional_vector(to.bias, tensor + ".bias", width, groups);
}

Status LayerPlan::vector(const float*& to, std::string_view tensor, Extent n) const
{
    return plan_.vector(to, name(tensor), n);
}

Status LayerPlan::numbers(const float*& to, std::string_view tensor, Extent n) const
{
    return plan_.numbers(to, name(tensor), n);
}

Status LayerPlan::optional_vector(const float*& to, std::string_view tensor, Extent n) const
{
    return plan_.optional_vector(to, name(tensor), n);
}

Status LayerPlan::matrix(Weight& to, std::string_view tensor, Extent n_in, Extent n_out) const
{
    return plan_.matrix(to, name(tensor), n_in, n_out);
}

Status LayerPlan::blocks(std::span<const RowBlock> blocks, std::string_view name, Extent n_in,
                         Extent n_out) const
{
    TRY_STATUS(plan_.merged(blocks, this->name(name) + ".weight", n_in, n_out));
    const std::string bias = this->name(name) + ".bias";
    return plan_.contains(bias) ? plan_.merged_biases(blocks, bias, n_out) : Status();
}

} // namespace rocmforge
