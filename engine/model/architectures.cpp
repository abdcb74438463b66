#include "model/architectures.h"

#include "gguf/quoted.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace rocmforge {
namespace {

using enum RopePairing;
using enum Presence;

constexpr Recurrent alternating_delta_net{
    .kind = RecurrentKind::gated_delta_net, .attention_period = 4, .sharing = KeySharing::alternating};

constexpr Architecture table[] = {
    {.name = "afmoe",
     .norms = NormPlacement::around,
     .gated_attention = true,
     .qk_norm = required,
     .embedding_scale = EmbeddingScale::sqrt_n_embd,
     .sliding = {.period = 4},
     .unrotated_period = 4,
     .experts = {.gating = Gating::sigmoid, .normalized = false}},
    {.name = "arcee",
     .rope = interleaved,
     .activation = Activation::relu,
     .feed_forward = FeedForward::self_gated},
    {.name = "baichuan", .rope = interleaved, .alibi_max_bias = 8, .alibi_layers = 40},
    {.name = "bailingmoe", .rope = interleaved, .experts = {.normalized = false}},
    {.name = "bailingmoe2", .qk_norm = required, .experts = {.gating = Gating::sigmoid}},
    {.name = "bert",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .norms = NormPlacement::on_sum,
     .output_norm = "",
     .position_embd = required,
     .token_types = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false},
    {.name = "bloom",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .embd_norm = required,
     .alibi_max_bias = 8},
    {.name = "chatglm", .rope = interleaved},
    {.name = "codeshell",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain},
    {.name = "cohere2",
     .rope = interleaved,
     .norm = NormKind::layer,
     .residual = Residual::parallel,
     .sliding = {.period = 4, .full_layers_rotate = false}},
    {.name = "command-r",
     .rope = interleaved,
     .norm = NormKind::layer,
     .residual = Residual::parallel,
     .qk_norm = optional},
    {.name = "dbrx", .norm = NormKind::layer, .ffn_norm = "attn_output_norm"},
    {.name = "deepseek", .rope = interleaved, .experts = {.normalized = false}},
    {.name = "deepseek2", .rope = interleaved, .attention = AttentionKind::latent},
    {.name = "dots1", .qk_norm = required, .experts = {.normalized = false}},
    {.name = "ernie4_5", .rope = interleaved},
    {.name = "ernie4_5-moe", .rope = interleaved},
    {.name = "exaone"},
    {.name = "exaone-moe",
     .qk_norm = required,
     .sliding = {.period = 4, .full_layers_rotate = false},
     .experts = {.normalized = false}},
    {.name = "exaone4",
     .norms = NormPlacement::after,
     .qk_norm = required,
     .sliding = {.period = 4, .full_layers_rotate = false}},
    {.name = "falcon",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .residual = Residual::parallel},
    {.name = "gemma", .activation = Activation::gelu_tanh, .embedding_scale = EmbeddingScale::sqrt_n_embd},
    {.name = "gemma-embedding",
     .activation = Activation::gelu_tanh,
     .norms = NormPlacement::around,
     .qk_norm = required,
     .has_output = false,
     .causal = false,
     .embedding_scale = EmbeddingScale::sqrt_n_embd,
     .sliding = {.period = 6, .scaled_rope = false, .theta = 10000}},
    {.name = "gemma2",
     .activation = Activation::gelu_tanh,
     .norms = NormPlacement::around,
     .embedding_scale = EmbeddingScale::sqrt_n_embd,
     .sliding = {.period = 2},
     .width_scaled_layers = 46},
    {.name = "gemma3",
     .activation = Activation::gelu_tanh,
     .norms = NormPlacement::around,
     .qk_norm = required,
     .embedding_scale = EmbeddingScale::sqrt_n_embd,
     .sliding = {.period = 6, .scaled_rope = false, .theta = 10000},
     .width_scaled_layers = 62},
    {.name = "gemma4",
     .activation = Activation::gelu_tanh,
     .norms = NormPlacement::around,
     .qk_norm = required,
     .attention_scale = 1,
     .values_from_keys = true,
     .unit_v_norm = true,
     .layer_scale = true,
     .embedding_scale = EmbeddingScale::sqrt_n_embd,
     .sliding = {.scaled_rope = false, .theta = 10000},
     .experts = {.beside_dense = true}},
    {.name = "glm4", .rope = interleaved, .norms = NormPlacement::around},
    {.name = "glm4moe",
     .ffn_norm = "post_attention_norm",
     .qk_norm = optional,
     .experts = {.gating = Gating::sigmoid}},
    {.name = "gpt-oss",
     .ffn_norm = "post_attention_norm",
     .attn_sinks = required,
     .sliding = {.period = 2},
     .experts = {.gating = Gating::softmax_of_chosen, .normalized = false, .swiglu_limit = 7}},
    {.name = "gpt2",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .position_embd = required},
    {.name = "gptneox",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .residual = Residual::parallel_by_key},
    {.name = "granite", .rope = interleaved, .logit_scale = LogitScale::divide, .rope_by_key = true},
    {.name = "granitehybrid",
     .rope = interleaved,
     .recurrent = {.kind = RecurrentKind::multi_head_scan},
     .logit_scale = LogitScale::divide,
     .rope_by_key = true},
    {.name = "granitemoe", .rope = interleaved, .logit_scale = LogitScale::divide, .rope_by_key = true},
    {.name = "hunyuan-dense", .qk_norm = required, .qk_norm_order = NormOrder::after_rotation},
    {.name = "hunyuan-moe", .qk_norm = required, .qk_norm_order = NormOrder::after_rotation},
    {.name = "internlm2", .rope = interleaved},
    {.name = "jamba",
     .rope = none,
     .recurrent = {.kind = RecurrentKind::selective_scan},
     .experts = {.normalized = false, .where_routed = true}},
    {.name = "jina-bert-v2",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .norms = NormPlacement::on_sum,
     .output_norm = "",
     .qk_norm = optional,
     .token_types = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false,
     .alibi_max_bias = 8},
    {.name = "jina-bert-v3",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .norms = NormPlacement::on_sum,
     .output_norm = "",
     .token_types = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false},
    {.name = "lfm2",
     .output_norm = "token_embd_norm",
     .recurrent = {.kind = RecurrentKind::short_convolution},
     .qk_norm = required},
    {.name = "lfm2moe",
     .output_norm = "token_embd_norm",
     .recurrent = {.kind = RecurrentKind::short_convolution},
     .qk_norm = required,
     .experts = {.gating = Gating::sigmoid}},
    {.name = "llama", .rope = interleaved, .stands_in = true},
    {.name = "llama4",
     .rope = interleaved,
     .qk_norm_order = NormOrder::after_rotation,
     .unit_qk_norm = true,
     .unrotated_period = 4,
     .longest_context = 8192,
     .experts = {.gating = Gating::sigmoid_of_chosen,
                 .normalized = false,
                 .has_shared = true,
                 .weighting = ExpertWeighting::input}},
    {.name = "maincoder",
     .rope = interleaved,
     .qk_norm = required,
     .qk_norm_order = NormOrder::after_rotation},
    {.name = "mamba", .rope = none, .recurrent = {.kind = RecurrentKind::selective_scan}},
    {.name = "mamba2", .rope = none, .recurrent = {.kind = RecurrentKind::multi_head_scan}},
    {.name = "minicpm",
     .rope = interleaved,
     .size_scaling = {.embedding = 12, .depth = 1.4f, .width = 256},
     .logit_scale = LogitScale::divide},
    {.name = "minicpm3",
     .attention = AttentionKind::latent,
     .size_scaling = {.embedding = 12, .depth = 1.4f, .width = 256}},
    {.name = "minimax-m2", .qk_norm = required, .experts = {.gating = Gating::sigmoid}},
    {.name = "mistral3", .rope = interleaved},
    {.name = "modern-bert",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .attn_norm = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false,
     .sliding = {.period = 3, .full_first = true}},
    {.name = "mpt",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .qk_norm = optional,
     .position_embd = optional},
    {.name = "nemotron",
     .norm = NormKind::layer,
     .activation = Activation::relu,
     .feed_forward = FeedForward::self_gated},
    {.name = "nomic-bert",
     .norm = NormKind::layer,
     .norms = NormPlacement::on_sum,
     .output_norm = "",
     .token_types = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false},
    {.name = "nomic-bert-moe",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .norms = NormPlacement::on_sum,
     .output_norm = "",
     .token_types = optional,
     .embd_norm = required,
     .has_output = false,
     .causal = false,
     .experts = {.normalized = false}},
    {.name = "olmo", .rope = interleaved, .norm = NormKind::layer, .unit_norms = true},
    {.name = "olmo2",
     .norms = NormPlacement::after,
     .qk_norm = required,
     .sliding = {.period = 4, .scaled_rope = false}},
    {.name = "olmoe", .qk_norm = required, .experts = {.normalized = false}},
    {.name = "openelm", .qk_norm = required},
    {.name = "orion", .norm = NormKind::layer},
    {.name = "pangu-embedded"},
    {.name = "phi2",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .residual = Residual::parallel},
    {.name = "phi3"},
    {.name = "phimoe"},
    {.name = "plamo", .residual = Residual::parallel},
    {.name = "plm",
     .rope = interleaved,
     .activation = Activation::relu,
     .feed_forward = FeedForward::self_gated,
     .attention = AttentionKind::latent},
    {.name = "qwen", .merged_ff_length = true},
    {.name = "qwen2"},
    {.name = "qwen2moe", .experts = {.normalized = false}},
    {.name = "qwen2vl"},
    {.name = "qwen3", .qk_norm = required},
    {.name = "qwen35",
     .ffn_norm = "post_attention_norm",
     .gated_attention = true,
     .recurrent = alternating_delta_net,
     .qk_norm = required},
    {.name = "qwen35moe",
     .ffn_norm = "post_attention_norm",
     .gated_attention = true,
     .recurrent = alternating_delta_net,
     .qk_norm = required},
    {.name = "qwen3moe", .qk_norm = required},
    {.name = "qwen3next",
     .ffn_norm = "post_attention_norm",
     .gated_attention = true,
     .recurrent = {.kind = RecurrentKind::gated_delta_net, .attention_period = 4},
     .qk_norm = required},
    {.name = "qwen3vl", .qk_norm = required},
    {.name = "qwen3vlmoe", .qk_norm = required},
    {.name = "refact", .rope = none, .alibi_max_bias = 8},
    {.name = "seed_oss", .ffn_norm = "post_attention_norm"},
    {.name = "smollm3", .rope = interleaved, .unrotated_period = 4},
    {.name = "stablelm",
     .norm = NormKind::layer,
     .residual = Residual::parallel_without_ffn_norm,
     .qk_norm = optional},
    {.name = "starcoder",
     .rope = none,
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain,
     .position_embd = required},
    {.name = "starcoder2",
     .norm = NormKind::layer,
     .activation = Activation::gelu_tanh,
     .feed_forward = FeedForward::plain},
    {.name = "xverse", .rope = interleaved},
};

/// Levenshtein distance: single-character edits that turn a into b.
size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

std::string nearest_names(std::string_view name)
{
    constexpr size_t n_names = 3;
    std::vector<std::string_view> names;
    for (const Architecture& architecture : table)
        names.push_back(architecture.name);
    std::ranges::sort(names, {},
                      [&](std::string_view other) { return std::pair(edit_distance(name, other), other); });
    std::string list;
    for (size_t i = 0; i < std::min(n_names, names.size()); ++i)
        list += (i ? ", " : "") + std::string(names[i]);
    return list;
}

} // namespace

std::span<const Architecture> architectures()
{
    return table;
}

Result<const Architecture*> find_architecture(std::string_view name)
{
    if (const auto* found = std::ranges::find(table, name, &Architecture::name); found != std::end(table))
        return found;
    // The name comes from a file and may be of any length.
    constexpr size_t longest_compared = 64;
    return fail(ErrorKind::unknown_architecture,
                "The model's architecture " + gguf::quoted(name)
                    + " is not supported; the nearest supported ones are "
                    + nearest_names(name.substr(0, longest_compared)) + ".",
                "Look for a version of ROCmForge that supports it, or choose another model.");
}

const Architecture& stand_in_architecture()
{
    return *std::ranges::find(table, true, &Architecture::stands_in);
}

} // namespace rocmforge
