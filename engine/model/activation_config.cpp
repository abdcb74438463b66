#include "model/config_parts.h"

#include <cmath>
#include <string>

namespace rocmforge {
namespace {

/// Layers whose gates all count are marked by -infinity: all lie above that.
Status read_sparse_gates(std::vector<LayerConfig>& layers, const Architecture& architecture,
                         const Hyperparameters& parameters)
{
    constexpr std::string_view key = "activation_sparsity_scale";
    constexpr float ninety_fifth_percentile = 1.6448533535003662f; // of normally distributed gates
    std::vector<float> deviations(layers.size(), -std::numeric_limits<float>::infinity());
    if (parameters.contains(key)) {
        TRY(deviations, parameters.number_per_layer(key, static_cast<int>(layers.size())));
    } else {
        const auto n_sparse = std::min(deviations.size(), static_cast<size_t>(architecture.sparse_layers));
        std::fill_n(deviations.begin(), n_sparse, ninety_fifth_percentile);
    }
    for (size_t l = 0; l < layers.size(); ++l)
        if (std::isfinite(deviations[l]))
            layers[l].gate_deviations = deviations[l];
    return {};
}

double softplus(double x)
{
    return std::log1p(std::exp(x));
}

/// Their keys have a prefix of their own.
Status read_xielus(std::vector<LayerConfig>& layers, const Hyperparameters& all)
{
    const Hyperparameters parameters = all.of("xielu");
    const int n_layers = static_cast<int>(layers.size());
    TRY(const auto positive, parameters.number_per_layer("alpha_p", n_layers));
    TRY(const auto negative, parameters.number_per_layer("alpha_n", n_layers));
    TRY(const auto slope, parameters.number_per_layer("beta", n_layers));
    TRY(const auto limit, parameters.number_per_layer("eps", n_layers));
    for (size_t l = 0; l < layers.size(); ++l) {
        const Xielu xielu{static_cast<float>(softplus(positive[l])),
                          static_cast<float>(slope[l] + softplus(negative[l])), slope[l], limit[l]};
        if (!std::isfinite(xielu.positive) || !std::isfinite(xielu.negative))
            return parameters.invalid("alpha_p", "too large, or alpha_n or beta", "finite numbers");
        if (!std::isfinite(limit[l]) || limit[l] > 0)
            return parameters.invalid("eps", std::to_string(limit[l]), "a number of at most 0");
        layers[l].xielu = xielu;
    }
    return {};
}

} // namespace

Status read_activations(std::vector<LayerConfig>& layers, const Architecture& architecture,
                        const Hyperparameters& parameters)
{
    if (architecture.feed_forward == FeedForward::xielu)
        return read_xielus(layers, parameters);
    return read_sparse_gates(layers, architecture, parameters);
}

Status read_streams(Config& config, const Architecture& architecture, const Hyperparameters& parameters,
                    const gguf::File& file)
{
    if (architecture.streams == 0)
        return {};
    if (config.n_embd_per_layer == 0)
        return parameters.invalid("embedding_length_per_layer_input", "0", "1 or more");
    TRY(config.streams.n, parameters.integer("altup.num_inputs", {2, 64}, architecture.streams));
    // The blocks read the first stream in all models there are.
    TRY([[maybe_unused]] const int active, parameters.integer("altup.active_idx", {0, 0}, 0));
    if (const gguf::TensorInfo* down = file.find_tensor("blk.0.laurel_l.weight"))
        config.streams.rank = static_cast<int>(std::min<int64_t>(down->shape[1], width_range.largest));
    return {};
}

} // namespace rocmforge
