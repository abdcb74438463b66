// Tiny random decoders of several architectures, which differ in how they keep their weights.
#pragma once

#include "support/tiny_model.h"

#include <functional>
#include <string>

namespace rocmforge::test {

inline constexpr uint32_t n_embd = 64, n_ff = 96, n_heads = 4, n_kv_heads = 2, head_dim = 16, n_layers = 2,
                          vocab = 80;

inline void setShape(TinyModel& model, const std::string& architecture)
{
    const std::string prefix = architecture + ".";
    model.set("general.architecture", architecture);
    model.set(prefix + "block_count", n_layers);
    model.set(prefix + "embedding_length", n_embd);
    model.set(prefix + "feed_forward_length", n_ff);
    model.set(prefix + "context_length", uint32_t{256});
    model.set(prefix + "attention.head_count", n_heads);
    model.set(prefix + "attention.head_count_kv", n_kv_heads);
    model.set(prefix + "attention.layer_norm_rms_epsilon", 1e-5f);
    model.set(prefix + "vocab_size", vocab);
}

inline void addEnds(TinyModel& model, Format format)
{
    model.add("token_embd.weight", {n_embd, vocab}, format);
    model.addVector("output_norm.weight", n_embd, 1);
}

inline void addLayers(TinyModel& model, const std::function<void(const std::string&)>& addLayer)
{
    for (uint32_t l = 0; l < n_layers; ++l) {
        const std::string prefix = "blk." + std::to_string(l) + ".";
        model.addVector(prefix + "attn_norm.weight", n_embd, 1);
        addLayer(prefix);
    }
}

inline void addAttention(TinyModel& model, const std::string& prefix, Format format)
{
    model.add(prefix + "attn_q.weight", {n_embd, n_heads * head_dim}, format);
    model.add(prefix + "attn_k.weight", {n_embd, n_kv_heads * head_dim}, format);
    model.add(prefix + "attn_v.weight", {n_embd, n_kv_heads * head_dim}, format);
    model.add(prefix + "attn_output.weight", {n_heads * head_dim, n_embd}, format);
}

inline void addMergedAttention(TinyModel& model, const std::string& prefix, Format format)
{
    model.add(prefix + "attn_qkv.weight", {n_embd, (n_heads + 2 * n_kv_heads) * head_dim}, format);
    model.add(prefix + "attn_output.weight", {n_heads * head_dim, n_embd}, format);
}

inline void addFeedForward(TinyModel& model, const std::string& prefix, Format format)
{
    model.addVector(prefix + "ffn_norm.weight", n_embd, 1);
    model.add(prefix + "ffn_gate.weight", {n_embd, n_ff}, format);
    model.add(prefix + "ffn_up.weight", {n_embd, n_ff}, format);
    model.add(prefix + "ffn_down.weight", {n_ff, n_embd}, format);
}

inline TinyModel dense(Format format)
{
    TinyModel model(1);
    setShape(model, "llama");
    addEnds(model, format);
    model.add("output.weight", {n_embd, vocab}, format);
    addLayers(model, [&](const std::string& prefix) {
        addAttention(model, prefix, format);
        addFeedForward(model, prefix, format);
    });
    return model;
}

/// Its output is the embedding table, whose rows are scaled when they are looked up.
inline TinyModel tied(Format format)
{
    TinyModel model(2);
    setShape(model, "gemma");
    addEnds(model, format);
    addLayers(model, [&](const std::string& prefix) {
        addAttention(model, prefix, format);
        addFeedForward(model, prefix, format);
    });
    return model;
}

inline TinyModel merged(Format format)
{
    TinyModel model(3);
    setShape(model, "phi3");
    addEnds(model, format);
    model.add("output.weight", {n_embd, vocab}, format);
    addLayers(model, [&](const std::string& prefix) {
        addMergedAttention(model, prefix, format);
        model.addVector(prefix + "ffn_norm.weight", n_embd, 1);
        model.add(prefix + "ffn_up.weight", {n_embd, 2 * n_ff}, format);
        model.add(prefix + "ffn_down.weight", {n_ff, n_embd}, format);
    });
    return model;
}

inline TinyModel clamped(Format format)
{
    TinyModel model(4);
    setShape(model, "mpt");
    model.set("mpt.attention.layer_norm_epsilon", 1e-5f);
    model.set("mpt.attention.clamp_kqv", 0.8f);
    model.set("mpt.attention.max_alibi_bias", 8.0f);
    addEnds(model, format);
    addLayers(model, [&](const std::string& prefix) {
        addMergedAttention(model, prefix, format);
        model.addVector(prefix + "ffn_norm.weight", n_embd, 1);
        model.add(prefix + "ffn_up.weight", {n_embd, n_ff}, format);
        model.add(prefix + "ffn_down.weight", {n_ff, n_embd}, format);
    });
    return model;
}

inline TinyModel experts(Format format)
{
    constexpr uint32_t n_experts = 6, expert_ff = 32;
    TinyModel model(5);
    setShape(model, "qwen3moe");
    model.set("qwen3moe.expert_count", n_experts);
    model.set("qwen3moe.expert_used_count", uint32_t{2});
    model.set("qwen3moe.expert_feed_forward_length", expert_ff);
    addEnds(model, format);
    model.add("output.weight", {n_embd, vocab}, format);
    addLayers(model, [&](const std::string& prefix) {
        addAttention(model, prefix, format);
        model.addVector(prefix + "attn_q_norm.weight", head_dim, 1);
        model.addVector(prefix + "attn_k_norm.weight", head_dim, 1);
        model.addVector(prefix + "ffn_norm.weight", n_embd, 1);
        model.add(prefix + "ffn_gate_inp.weight", {n_embd, n_experts});
        model.add(prefix + "ffn_gate_exps.weight", {n_embd, expert_ff, n_experts}, format);
        model.add(prefix + "ffn_up_exps.weight", {n_embd, expert_ff, n_experts}, format);
        model.add(prefix + "ffn_down_exps.weight", {expert_ff, n_embd, n_experts}, format);
    });
    return model;
}

/// Part of its weights are used transposed.
inline TinyModel latentOf(const std::string& architecture, Format format)
{
    constexpr uint32_t kv_rank = 32, rotated = 8, unrotated = 16, value_dim = 24;
    TinyModel model(6);
    setShape(model, architecture);
    model.set(architecture + ".attention.kv_lora_rank", kv_rank);
    model.set(architecture + ".attention.key_length", rotated + unrotated);
    model.set(architecture + ".attention.value_length", value_dim);
    model.set(architecture + ".rope.dimension_count", rotated);
    addEnds(model, format);
    model.add("output.weight", {n_embd, vocab}, format);
    addLayers(model, [&](const std::string& prefix) {
        model.add(prefix + "attn_q.weight", {n_embd, n_heads * (rotated + unrotated)}, format);
        model.add(prefix + "attn_kv_a_mqa.weight", {n_embd, kv_rank + rotated}, format);
        model.addVector(prefix + "attn_kv_a_norm.weight", kv_rank, 1);
        model.add(prefix + "attn_kv_b.weight", {kv_rank, n_heads * (unrotated + value_dim)}, format);
        model.add(prefix + "attn_output.weight", {n_heads * value_dim, n_embd}, format);
        addFeedForward(model, prefix, format);
    });
    return model;
}

inline TinyModel latent(Format format)
{
    return latentOf("deepseek2", format);
}

} // namespace rocmforge::test
