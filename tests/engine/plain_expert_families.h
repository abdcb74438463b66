// Tiny decoders whose mixtures of experts go together with the other blocks in ways of their own, each
// with a plain restatement: SmallThinker (arXiv:2507.20984), Grok, Arctic and Command A.
#pragma once

#include "plain_decoder.h"

namespace rocmforge::test {

inline constexpr int nExperts = 6, nUsed = 2, expertFf = 32;

inline void setExperts(TinyModel& model, const std::string& architecture, uint32_t gating)
{
    model.set(architecture + ".expert_count", uint32_t{nExperts});
    model.set(architecture + ".expert_used_count", uint32_t{nUsed});
    model.set(architecture + ".expert_feed_forward_length", uint32_t{expertFf});
    model.set(architecture + ".expert_gating_func", gating);
}

inline void addExperts(TinyModel& model, const std::string& layer)
{
    model.add(layer + "ffn_gate_inp.weight", {n_embd, nExperts}, Format::f32, 0, 0.6f);
    model.add(layer + "ffn_gate_exps.weight", {n_embd, expertFf, nExperts});
    model.add(layer + "ffn_up_exps.weight", {n_embd, expertFf, nExperts});
    model.add(layer + "ffn_down_exps.weight", {expertFf, n_embd, nExperts});
}

class PlainExpertDecoder : public PlainDecoder {
protected:
    /// Attention's share of the normed residual stream, without what its output is normed by.
    [[nodiscard]] Rows attention(const Rows& x, const std::string& layer, const PlainHeads& heads,
                                 Pairs pairs = Pairs::halves, bool rotates = true) const
    {
        const Rows input = norm(x, layer + "attn_norm");
        Rows q = linear(input, layer + "attn_q"), k = linear(input, layer + "attn_k");
        if (rotates) {
            q = rotated(std::move(q), head_dim, pairs);
            k = rotated(std::move(k), head_dim, pairs);
        }
        return linear(attend(q, k, linear(input, layer + "attn_v"), heads), layer + "attn_output");
    }
    [[nodiscard]] Rows router(const Rows& x, const std::string& layer) const
    {
        return linear(x, layer + "ffn_gate_inp");
    }
};

// SmallThinker: the router reads what attention does; the first of four layers sees all and does not
// rotate.

inline constexpr int thinkerWindow = 7;

inline TinyModel makeSmallThinker()
{
    TinyModel model(31);
    setShape(model, "smallthinker");
    setExperts(model, "smallthinker", 2);
    model.set("smallthinker.attention.sliding_window", uint32_t{thinkerWindow});
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        model.addVector(layer + "ffn_norm.weight", n_embd, 1);
        addExperts(model, layer);
    });
    return model;
}

class PlainSmallThinker : public PlainExpertDecoder {
    Rows layer(Rows x, int l) override
    {
        const std::string layer = name(l);
        const Rows shares = sigmoid(router(x, layer));
        PlainHeads heads;
        if (l % 4 != 0)
            heads.window = thinkerWindow;
        x = sum(x, attention(x, layer, heads, Pairs::halves, l % 4 != 0));
        return sum(x, experts(norm(x, layer + "ffn_norm"), shares, layer, nUsed, relu));
    }
};

// Grok: shares are normed, scores capped, and newer models have a dense block of the same input.

inline TinyModel makeGrok(bool dense)
{
    TinyModel model(32);
    setShape(model, "grok");
    setExperts(model, "grok", 1);
    if (dense) {
        model.set("grok.embedding_scale", 12.0f);
        model.set("grok.logit_scale", 0.4f);
        model.set("grok.attention.output_scale", 0.3f);
        model.set("grok.attn_logit_softcapping", 0.9f);
        model.set("grok.final_logit_softcapping", 1.5f);
    }
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        model.addVector(layer + "attn_output_norm.weight", n_embd, 1);
        model.addVector(layer + (dense ? "post_ffw_norm.weight" : "layer_output_norm.weight"), n_embd, 1);
        if (dense)
            addFeedForward(model, layer, Format::f32);
        else
            model.addVector(layer + "ffn_norm.weight", n_embd, 1);
        addExperts(model, layer);
    });
    return model;
}

class PlainGrok : public PlainExpertDecoder {
public:
    explicit PlainGrok(bool dense)
        : heads_{.scale = dense ? double(0.3f) : double(0.08838834764831845f),
                 .cap = dense ? double(0.9f) : 30}
    {
        embeddingScale = dense ? 12 : double(78.38367176906169f);
        logitScale = dense ? double(0.4f) : double(0.5773502691896257f);
        logitCap = dense ? 1.5 : 0;
    }

private:
    Rows run(Rows x, const std::string& layer) override
    {
        x = sum(x, norm(attention(x, layer, heads_), layer + "attn_output_norm"));
        const Rows read = norm(x, layer + "ffn_norm");
        Rows y = experts(read, softmax(router(read, layer)), layer, nUsed, gelu);
        if (contains(layer + "ffn_up.weight"))
            y = scaled(sum(y, gatedBlock(read, layer, gelu)), 1 / std::numbers::sqrt2);
        const bool old = contains(layer + "layer_output_norm.weight");
        return sum(x, norm(y, layer + (old ? "layer_output_norm" : "post_ffw_norm")));
    }

    PlainHeads heads_;
};

// Arctic: a dense block, n_embd wide, and experts that read what the layer was given.

inline TinyModel makeArctic()
{
    TinyModel model(33);
    setShape(model, "arctic");
    setExperts(model, "arctic", 1);
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        model.addVector(layer + "ffn_norm.weight", n_embd, 1);
        for (const char* matrix : {"ffn_gate.weight", "ffn_up.weight", "ffn_down.weight"})
            model.add(layer + matrix, {n_embd, n_embd});
        model.addVector(layer + "ffn_norm_exps.weight", n_embd, 1);
        addExperts(model, layer);
    });
    return model;
}

class PlainArctic : public PlainExpertDecoder {
    Rows run(Rows x, const std::string& layer) override
    {
        const Rows given = norm(x, layer + "ffn_norm_exps");
        x = sum(x, attention(x, layer, {}, Pairs::neighbours));
        x = sum(x, gatedBlock(norm(x, layer + "ffn_norm"), layer, silu));
        return sum(x, experts(given, softmax(router(given, layer)), layer, nUsed, silu));
    }
};

// Command A with experts: both blocks read the same norm; of the layers that see all, only the leading
// dense ones rotate.

inline constexpr int commandWindow = 6;

inline TinyModel makeCommandMoe()
{
    TinyModel model(34);
    setShape(model, "cohere2moe");
    setExperts(model, "cohere2moe", 2);
    model.replace("cohere2moe.block_count", uint32_t{3});
    model.set("cohere2moe.expert_weights_norm", true);
    model.set("cohere2moe.leading_dense_block_count", uint32_t{1});
    model.set("cohere2moe.attention.sliding_window", uint32_t{commandWindow});
    model.set("cohere2moe.attention.sliding_window_pattern", std::vector<uint32_t>{0, 0, 1});
    model.set("cohere2moe.logit_scale", 0.25f);
    addEnds(model, Format::f32);
    for (int l = 0; l < 3; ++l) {
        const std::string layer = "blk." + std::to_string(l) + ".";
        model.addVector(layer + "attn_norm.weight", n_embd, 1);
        addAttention(model, layer, Format::f32);
        if (l > 0) {
            addExperts(model, layer);
            continue;
        }
        model.add(layer + "ffn_gate.weight", {n_embd, n_ff});
        model.add(layer + "ffn_up.weight", {n_embd, n_ff});
        model.add(layer + "ffn_down.weight", {n_ff, n_embd});
    }
    return model;
}

class PlainCommandMoe : public PlainExpertDecoder {
public:
    PlainCommandMoe() { logitScale = 0.25; }

private:
    Rows layer(Rows x, int l) override
    {
        const std::string layer = name(l);
        PlainHeads heads;
        if (l == 2)
            heads.window = commandWindow;
        const Rows read = norm(x, layer + "attn_norm");
        const Rows block = l == 0 ? gatedBlock(read, layer, silu)
                                  : experts(read, sigmoid(router(read, layer)), layer, nUsed, silu);
        return sum(sum(x, attention(x, layer, heads, Pairs::neighbours, l != 1)), block);
    }
};

} // namespace rocmforge::test
