// The shapes of well-known models and which tensor gets which format.
#pragma once

#include "quant/formats.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::synth {

struct Preset {
    std::string_view name;
    std::string_view architecture;
    std::string_view pre_tokenizer;
    int n_layers;
    int n_embd;
    int n_ff;
    int n_heads;
    int n_kv_heads;
    int head_dim;
    int vocab_size;
    int n_ctx;
    float rope_theta;
    float norm_eps;
    bool qkv_bias;
    bool tied; ///< the output matrix is the embedding
};

[[nodiscard]] std::span<const Preset> presets();
/// invalid_request naming the presets there are.
[[nodiscard]] Result<Preset> find_preset(std::string_view name);

struct TensorPlan {
    std::string name;
    int64_t n_in = 0;
    int64_t n_out = 1; ///< 1 = a vector
    Format format = Format::f32;
    float mean = 0;
    float deviation = 0;
};

/// Every tensor of the model in file order. `quantization` is a format's name or "Q4_K_M", "Q5_K_M";
/// invalid_request for others. A row that no block of the format fits gets the nearest one that does.
[[nodiscard]] Result<std::vector<TensorPlan>> plan_tensors(const Preset& preset,
                                                           std::string_view quantization);

/// general.file_type of that quantization, as GGUF numbers them; -1 where it has no number.
[[nodiscard]] int file_type(std::string_view quantization);

} // namespace rocmforge::synth
