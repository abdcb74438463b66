// Which of a model's backends has which part of it.
#pragma once

#include "model/config.h"

#include <vector>

namespace rocmforge {

/// Devices are indices into the backends that a model is given. The embedding lies with the first
/// layer, what follows the last layer with that.
struct Placement {
    std::vector<int> layers; ///< (n_layers) the device with the layer's weights, cache and steps
    std::vector<int> experts; ///< (n_layers) the one with the matrices of its experts

    /// All on the first device.
    [[nodiscard]] static Placement on_one(const Config& config);
    /// The last n_layers on the second device and those before on the first, whose rows of the
    /// embedding are looked up and not multiplied: the output, which is, lies with the last layer. A
    /// layer that reads the keys of another lies with that one.
    [[nodiscard]] static Placement split(const Config& config, int n_layers);

    /// Moves the experts of all layers that have some.
    void place_experts(const Config& config, int device);

    [[nodiscard]] int embedding() const { return layers.front(); }
    [[nodiscard]] int output() const { return layers.back(); }
    /// Whether one device has everything.
    [[nodiscard]] bool is_on_one() const;
    /// Whether a device has anything to do.
    [[nodiscard]] bool uses(int device) const;
    [[nodiscard]] int n_layers_on(int device) const;
    /// Whether it has experts of layers that lie elsewhere.
    [[nodiscard]] bool has_experts_of_others(int device) const;
    /// The configuration with only those layers, experts and ends that need activations on the device.
    [[nodiscard]] Config part(const Config& config, int device) const;
};

} // namespace rocmforge
