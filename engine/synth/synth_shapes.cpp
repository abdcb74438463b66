#include "synth/synth_shapes.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace rocmforge::synth {
namespace {

constexpr Preset preset_table[] = {
    {.name = "llama-1b",
     .architecture = "llama",
     .pre_tokenizer = "llama-bpe",
     .n_layers = 16,
     .n_embd = 2048,
     .n_ff = 8192,
     .n_heads = 32,
     .n_kv_heads = 8,
     .head_dim = 64,
     .vocab_size = 128256,
     .n_ctx = 131072,
     .rope_theta = 500000,
     .norm_eps = 1e-5f,
     .qkv_bias = false,
     .tied = true},
    {.name = "qwen2.5-0.5b",
     .architecture = "qwen2",
     .pre_tokenizer = "qwen2",
     .n_layers = 24,
     .n_embd = 896,
     .n_ff = 4864,
     .n_heads = 14,
     .n_kv_heads = 2,
     .head_dim = 64,
     .vocab_size = 151936,
     .n_ctx = 32768,
     .rope_theta = 1000000,
     .norm_eps = 1e-6f,
     .qkv_bias = true,
     .tied = true},
    {.name = "llama-8b",
     .architecture = "llama",
     .pre_tokenizer = "llama-bpe",
     .n_layers = 32,
     .n_embd = 4096,
     .n_ff = 14336,
     .n_heads = 32,
     .n_kv_heads = 8,
     .head_dim = 128,
     .vocab_size = 128256,
     .n_ctx = 131072,
     .rope_theta = 500000,
     .norm_eps = 1e-5f,
     .qkv_bias = false,
     .tied = false},
    {.name = "tiny",
     .architecture = "llama",
     .pre_tokenizer = "llama-bpe",
     .n_layers = 2,
     .n_embd = 256,
     .n_ff = 512,
     .n_heads = 4,
     .n_kv_heads = 2,
     .head_dim = 64,
     .vocab_size = 1024,
     .n_ctx = 2048,
     .rope_theta = 10000,
     .norm_eps = 1e-5f,
     .qkv_bias = false,
     .tied = false},
};

/// One base format, and a better one for the tensors that suffer most.
struct Mix {
    Format base;
    Format better;
    bool is_mix; ///< false: everything in `base`
};

Result<Mix> find_mix(std::string_view name)
{
    if (name == "Q4_K_M")
        return Mix{Format::q4_k, Format::q6_k, true};
    if (name == "Q5_K_M")
        return Mix{Format::q5_k, Format::q6_k, true};
    if (const auto format = format_from_name(name))
        return Mix{*format, *format, false};
    std::string known = "Q4_K_M, Q5_K_M";
    for (const FormatInfo& info : formats())
        known += ", " + std::string(info.name);
    return fail(ErrorKind::invalid_request, "There is no quantization called " + std::string(name) + ".",
                "Use one of " + known + ".");
}

/// Rows of 896 weights hold no block of 256: what quantizers put there instead.
Format fitting(Format format, int64_t n_in)
{
    if (n_in % format_info(format).block_weights == 0)
        return format;
    switch (format) {
    case Format::q6_k:
        return Format::q8_0;
    case Format::q5_k:
        return Format::q5_1;
    case Format::q4_k:
        return Format::q5_0;
    default:
        return n_in % format_info(Format::iq4_nl).block_weights == 0 ? Format::iq4_nl : Format::f16;
    }
}

/// The layers whose value and down projections the M mixes give more bits: an eighth at each end and
/// every third between.
bool has_more_bits(int layer, int n_layers)
{
    const int eighth = n_layers / 8;
    return layer < eighth || layer >= 7 * eighth || (layer - eighth) % 3 == 2;
}

class Planner {
public:
    Planner(const Preset& preset, const Mix& mix)
        : preset_(preset)
        , mix_(mix)
    {
    }

    std::vector<TensorPlan> plan()
    {
        matrix("token_embd.weight", preset_.n_embd, preset_.vocab_size, preset_.tied);
        for (int layer = 0; layer < preset_.n_layers; ++layer)
            add_layer(layer);
        norm("output_norm.weight");
        if (!preset_.tied)
            matrix("output.weight", preset_.n_embd, preset_.vocab_size, true);
        return std::move(tensors_);
    }

private:
    void add_layer(int layer)
    {
        const std::string prefix = "blk." + std::to_string(layer) + ".";
        const int64_t q_width = int64_t{preset_.n_heads} * preset_.head_dim;
        const int64_t kv_width = int64_t{preset_.n_kv_heads} * preset_.head_dim;
        const bool better = has_more_bits(layer, preset_.n_layers);
        norm(prefix + "attn_norm.weight");
        matrix(prefix + "attn_q.weight", preset_.n_embd, q_width, false);
        matrix(prefix + "attn_k.weight", preset_.n_embd, kv_width, false);
        matrix(prefix + "attn_v.weight", preset_.n_embd, kv_width, better);
        if (preset_.qkv_bias) {
            bias(prefix + "attn_q.bias", q_width);
            bias(prefix + "attn_k.bias", kv_width);
            bias(prefix + "attn_v.bias", kv_width);
        }
        matrix(prefix + "attn_output.weight", q_width, preset_.n_embd, false);
        norm(prefix + "ffn_norm.weight");
        matrix(prefix + "ffn_gate.weight", preset_.n_embd, preset_.n_ff, false);
        matrix(prefix + "ffn_up.weight", preset_.n_embd, preset_.n_ff, false);
        matrix(prefix + "ffn_down.weight", preset_.n_ff, preset_.n_embd, better);
    }

    void matrix(std::string name, int64_t n_in, int64_t n_out, bool better)
    {
        const Format format = fitting(better ? mix_.better : mix_.base, n_in);
        // Keeps activations near unit size through any number of layers.
        const float deviation = 1.0f / std::sqrt(static_cast<float>(n_in));
        tensors_.push_back({std::move(name), n_in, n_out, format, 0, deviation});
    }
    void norm(std::string name)
    {
        tensors_.push_back({std::move(name), preset_.n_embd, 1, Format::f32, 1, 0.1f});
    }
    void bias(std::string name, int64_t n)
    {
        tensors_.push_back({std::move(name), n, 1, Format::f32, 0, 0.1f});
    }

    const Preset& preset_;
    Mix mix_;
    std::vector<TensorPlan> tensors_;
};

std::string upper_case(std::string_view text)
{
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return upper;
}

} // namespace

std::span<const Preset> presets()
{
    return preset_table;
}

Result<Preset> find_preset(std::string_view name)
{
    std::string known;
    for (const Preset& preset : preset_table) {
        if (preset.name == name)
            return preset;
        known += (known.empty() ? "" : ", ") + std::string(preset.name);
    }
    return fail(ErrorKind::invalid_request, "There is no preset called " + std::string(name) + ".",
                "Use one of " + known + ".");
}

Result<std::vector<TensorPlan>> plan_tensors(const Preset& preset, std::string_view quantization)
{
    TRY(const Mix mix, find_mix(upper_case(quantization)));
    return Planner(preset, mix).plan();
}

int file_type(std::string_view quantization)
{
    struct Number {
        std::string_view name;
        int file_type;
    };
    static constexpr Number numbers[] = {
        {"F32", 0},     {"F16", 1},   {"Q4_0", 2},    {"Q4_1", 3},    {"Q8_0", 7},    {"Q5_0", 8},
        {"Q5_1", 9},    {"Q2_K", 10}, {"Q3_K", 12},   {"Q4_K", 15},   {"Q4_K_M", 15}, {"Q5_K", 17},
        {"Q5_K_M", 17}, {"Q6_K", 18}, {"IQ4_NL", 25}, {"IQ4_XS", 30}, {"BF16", 32},   {"MXFP4", 38},
    };
    const std::string name = upper_case(quantization);
    for (const Number& number : numbers) {
        if (number.name == name)
            return number.file_type;
    }
    return -1;
}

} // namespace rocmforge::synth
