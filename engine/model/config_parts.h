// The parts read_config() is made of.
#pragma once

#include "model/architectures.h"
#include "model/config.h"
#include "model/hyperparameters.h"

#include <limits>
#include <vector>

namespace rocmforge {

// Far beyond any model; they bound what a broken file can make us allocate.
inline constexpr IntegerRange layers_range{1, 4096};
inline constexpr IntegerRange width_range{1, 1 << 24};
inline constexpr IntegerRange width_range_or_none{0, 1 << 24};
inline constexpr IntegerRange heads_range{1, 1 << 16};
inline constexpr IntegerRange context_range{1, std::numeric_limits<int>::max()};
inline constexpr IntegerRange context_range_or_none{0, std::numeric_limits<int>::max()};
inline constexpr IntegerRange vocabulary_range{1, 1 << 24};

/// True for the last layer of each period.
[[nodiscard]] inline bool ends_period(int layer, int period)
{
    return period > 0 && (layer + 1) % period == 0;
}

[[nodiscard]] Result<RopeConfig> read_rope(const Architecture& architecture,
                                           const Hyperparameters& parameters, int head_dim, int n_ctx_train);

/// Sets windows and the rope of the layers that differ from the others.
[[nodiscard]] Status read_sliding(std::vector<LayerConfig>& layers, const Architecture& architecture,
                                  const Hyperparameters& parameters);

/// The shape of latent attention; the layers get that of the cache, where all heads share one latent.
[[nodiscard]] Status read_latent(Config& config, const Hyperparameters& parameters);

/// Which layers are recurrent. `n_kv_heads`, `n_ff`: of each layer.
[[nodiscard]] Result<std::vector<bool>> recurrent_layers(const Architecture& architecture,
                                                         const Hyperparameters& parameters,
                                                         const std::vector<int>& n_kv_heads,
                                                         const std::vector<int>& n_ff);

/// The shape of the recurrent layers.
[[nodiscard]] Status read_recurrent(Config& config, const Architecture& architecture,
                                    const Hyperparameters& parameters);

/// What is between up and down in the dense feed-forward blocks, where layers differ in it.
[[nodiscard]] Status read_activations(std::vector<LayerConfig>& layers, const Architecture& architecture,
                                      const Hyperparameters& parameters);

/// The residual streams, where there are several.
[[nodiscard]] Status read_streams(Config& config, const Architecture& architecture,
                                  const Hyperparameters& parameters, const gguf::File& file);

/// The mixtures of experts, and in which layers they are.
[[nodiscard]] Status read_experts(Config& config, const Architecture& architecture,
                                  const Hyperparameters& parameters, const gguf::File& file);

} // namespace rocmforge
