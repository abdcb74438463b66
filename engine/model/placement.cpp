#include "model/placement.h"

#include <algorithm>

namespace rocmforge {

Placement Placement::on_one(const Config& config)
{
    return split(config, 0);
}

Placement Placement::split(const Config& config, int n_layers)
{
    Placement placement;
    const auto n_first = static_cast<int>(std::ssize(config.layers)) - n_layers;
    for (const LayerConfig& layer : config.layers) {
        const auto index = static_cast<int>(std::ssize(placement.layers));
        const bool reads_another = layer.shares_kv && layer.kv_layer < index;
        placement.layers.push_back(reads_another ? placement.layers[static_cast<size_t>(layer.kv_layer)]
                                                 : index >= n_first);
    }
    placement.experts = placement.layers;
    return placement;
}

void Placement::place_experts(const Config& config, int device)
{
    for (size_t l = 0; l < experts.size(); ++l)
        if (config.layers[l].has_experts)
            experts[l] = device;
}

bool Placement::is_on_one() const
{
    const auto is_there = [&](int device) { return device == output(); };
    return std::ranges::all_of(layers, is_there) && std::ranges::all_of(experts, is_there);
}

bool Placement::uses(int device) const
{
    return std::ranges::count(layers, device) + std::ranges::count(experts, device) > 0;
}

int Placement::n_layers_on(int device) const
{
    return static_cast<int>(std::ranges::count(layers, device));
}

bool Placement::has_experts_of_others(int device) const
{
    for (size_t l = 0; l < layers.size(); ++l)
        if (experts[l] == device && layers[l] != device)
            return true;
    return false;
}

Config Placement::part(const Config& config, int device) const
{
    Config part = config;
    part.layers.clear();
    bool routes = false;
    for (size_t l = 0; l < layers.size(); ++l) {
        const LayerConfig& layer = config.layers[l];
        if (layers[l] == device)
            part.layers.push_back(layer);
        routes = routes || (layer.has_experts && (layers[l] == device || experts[l] == device));
    }
    if (!routes)
        part.experts = {};
    if (std::ranges::none_of(part.layers, &LayerConfig::recurrent))
        part.recurrent = {};
    if (part.layers.empty())
        part.latent = {};
    part.has_output = config.has_output && device == output();
    return part;
}

} // namespace rocmforge
