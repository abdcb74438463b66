// A tiny Gemma 3n and its plain restatement: four residual streams (AltUp, arXiv:2301.13310), a low-rank
// map beside attention (LAuReL, arXiv:2411.07501), embeddings of each layer's own, sparse gates and
// layers that read the keys and values of others.
#pragma once

#include "plain_decoder.h"

#include <map>

namespace rocmforge::test {

inline constexpr int nStreams = 4, laurelRank = 5, ownWidth = 12, streamLayers = 6, ownKvLayers = 4,
                     streamWindow = 5, sparseLayers = 2;
inline constexpr float gateDeviations = 0.6f;

inline void addStreamsLayer(TinyModel& model, const std::string& layer)
{
    for (const char* norm : {"attn_norm", "post_attention_norm", "post_ffw_norm", "post_norm",
                             "altup_router_norm", "altup_correct_scale", "laurel_post_norm"})
        model.addVector(layer + norm + ".weight", n_embd, 1);
    addAttention(model, layer, Format::f32);
    model.addVector(layer + "attn_q_norm.weight", head_dim, 0.5f);
    model.addVector(layer + "attn_k_norm.weight", head_dim, 0.5f);
    addFeedForward(model, layer, Format::f32);
    model.add(layer + "inp_gate.weight", {n_embd, ownWidth});
    model.add(layer + "proj.weight", {ownWidth, n_embd});
    model.add(layer + "altup_router.weight", {n_embd, nStreams}, Format::f32, 0, 3);
    model.add(layer + "altup_predict_coef.weight", {nStreams, nStreams * nStreams}, Format::f32, 0, 0.3f);
    model.add(layer + "altup_correct_coef.weight", {nStreams, nStreams}, Format::f32, 0, 0.3f);
    model.add(layer + "laurel_l.weight", {n_embd, laurelRank});
    model.add(layer + "laurel_r.weight", {laurelRank, n_embd});
}

inline TinyModel makeStreams()
{
    constexpr float all = -std::numeric_limits<float>::infinity();
    TinyModel model(41);
    setShape(model, "gemma3n");
    model.replace("gemma3n.block_count", uint32_t{streamLayers});
    model.set("gemma3n.embedding_length_per_layer_input", uint32_t{ownWidth});
    model.set("gemma3n.attention.sliding_window", uint32_t{streamWindow});
    model.set("gemma3n.attention.sliding_window_pattern", std::vector<uint32_t>{1, 0, 1, 0, 1, 0});
    model.set("gemma3n.attention.shared_kv_layers", uint32_t{streamLayers - ownKvLayers});
    model.set("gemma3n.rope.freq_base", 1e6f);
    model.set("gemma3n.activation_sparsity_scale",
              std::vector<float>{gateDeviations, gateDeviations, all, all, all, all});
    addEnds(model, Format::f32);
    constexpr int own = streamLayers * ownWidth;
    model.add("per_layer_token_embd.weight", {own, vocab}, Format::f32, 0, 1);
    model.add("per_layer_model_proj.weight", {n_embd, own});
    model.addVector("per_layer_proj_norm.weight", ownWidth, 1);
    model.add("altup_proj.weight", {n_embd, n_embd, nStreams - 1});
    model.add("altup_unembd_proj.weight", {n_embd, n_embd, nStreams - 1});
    for (int l = 0; l < streamLayers; ++l)
        addStreamsLayer(model, "blk." + std::to_string(l) + ".");
    return model;
}

/// The residual stream that goes from layer to layer is all streams of a token, one after the other.
class PlainStreams : public PlainDecoder {
public:
    PlainStreams()
    {
        embeddingScale = std::sqrt(double(n_embd));
        logitCap = 30;
    }

private:
    Rows spread(Rows x) override
    {
        own_ = ownEmbeddings(x);
        Rows all(x.size());
        for (int i = 0; i < nStreams; ++i) {
            const Rows mapped = i == 0 ? x : withPower(streamMap(x, "altup_proj.weight", i), x);
            for (size_t t = 0; t < x.size(); ++t)
                all[t].insert(all[t].end(), mapped[t].begin(), mapped[t].end());
        }
        return all;
    }

    Rows join(Rows all) override
    {
        Rows mean = stream(all, 0);
        for (int i = 1; i < nStreams; ++i)
            mean = sum(std::move(mean),
                       withPower(streamMap(stream(all, i), "altup_unembd_proj.weight", i), stream(all, 0)));
        return scaled(std::move(mean), 1.0 / nStreams);
    }

    Rows layer(Rows all, int l) override
    {
        const std::string layer = name(l);
        const Rows predicted = predictions(all, layer);
        const Rows x = stream(predicted, 0);
        const Rows input = norm(x, layer + "attn_norm");
        const Rows beside = sum(
            input,
            norm(linear(linear(input, layer + "laurel_l"), layer + "laurel_r"), layer + "laurel_post_norm"));
        Rows y = sum(x, norm(attention(input, l), layer + "post_attention_norm"));
        y = scaled(sum(std::move(y), beside), 1 / std::numbers::sqrt2);
        y = sum(y, norm(feedForward(norm(y, layer + "ffn_norm"), l), layer + "post_ffw_norm"));
        return corrected(predicted, y, l);
    }

    [[nodiscard]] static Rows stream(const Rows& all, int i)
    {
        Rows x;
        for (const Row& token : all)
            x.emplace_back(token.begin() + i * int(n_embd), token.begin() + (i + 1) * int(n_embd));
        return x;
    }
    [[nodiscard]] Rows streamMap(const Rows& x, const std::string& tensor, int i) const
    {
        return products(x, tensor, size_t(i - 1) * n_embd, n_embd);
    }
    static Rows withPower(Rows x, const Rows& of)
    {
        for (size_t t = 0; t < x.size(); ++t) {
            const double given = std::inner_product(x[t].begin(), x[t].end(), x[t].begin(), 0.0);
            const double wanted = std::inner_product(of[t].begin(), of[t].end(), of[t].begin(), 0.0);
            x[t] = scaled(std::move(x[t]), std::sqrt(wanted / given));
        }
        return x;
    }

    /// What a token's first stream says of how the streams mix.
    [[nodiscard]] Rows mixing(const Rows& first, const std::string& layer, const char* tensor) const
    {
        const Rows routed = linear(norm(first, layer + "altup_router_norm"), layer + "altup_router");
        return linear(each(scaled(routed, 1.0 / n_embd), [](double v) { return std::tanh(v); }),
                      layer + tensor);
    }
    [[nodiscard]] Rows predictions(const Rows& all, const std::string& layer) const
    {
        const Rows weights = mixing(stream(all, 0), layer, "altup_predict_coef");
        Rows predicted = all;
        for (size_t t = 0; t < all.size(); ++t)
            for (size_t to = 0; to < nStreams; ++to)
                for (size_t from = 0; from < nStreams; ++from)
                    for (size_t i = 0; i < n_embd; ++i)
                        predicted[t][to * n_embd + i] +=
                            weights[t][to * nStreams + from] * all[t][from * n_embd + i];
        return predicted;
    }
    [[nodiscard]] Rows corrected(Rows all, const Rows& y, int l) const
    {
        const std::string layer = name(l);
        const Rows weights = mixing(y, layer, "altup_correct_coef"), first = stream(all, 0);
        for (size_t t = 0; t < all.size(); ++t)
            for (size_t to = 0; to < nStreams; ++to)
                for (size_t i = 0; i < n_embd; ++i)
                    all[t][to * n_embd + i] += (weights[t][to] + 1) * (y[t][i] - first[t][i]);
        const Rows share = ownShare(stream(all, 0), l);
        for (size_t t = 0; t < all.size(); ++t)
            for (size_t i = n_embd; i < nStreams * n_embd; ++i)
                all[t][i] += share[t][i % n_embd];
        return all;
    }

    [[nodiscard]] Rows ownEmbeddings(const Rows& x) const
    {
        const Rows projected = norm(scaled(linear(x, "per_layer_model_proj"), 1 / std::sqrt(double(n_embd))),
                                    "per_layer_proj_norm");
        Rows looked;
        for (const int32_t token : tokens())
            looked.push_back(
                scaled(row("per_layer_token_embd.weight", size_t(token)), std::sqrt(double(ownWidth))));
        return scaled(sum(projected, looked), 1 / std::numbers::sqrt2);
    }
    [[nodiscard]] Rows ownShare(Rows x, int l) const
    {
        const std::string layer = name(l);
        const Rows scales(x.size(), row(layer + "altup_correct_scale.weight", 0));
        x = combined(std::move(x), scales, std::multiplies());
        Rows gates = each(linear(x, layer + "inp_gate"), gelu);
        for (size_t t = 0; t < gates.size(); ++t)
            for (size_t i = 0; i < ownWidth; ++i)
                gates[t][i] *= own_[t][size_t(l) * ownWidth + i];
        return norm(linear(gates, layer + "proj"), layer + "post_norm");
    }

    [[nodiscard]] Rows attention(const Rows& input, int l)
    {
        const std::string layer = name(l);
        const bool slides = l % 2 == 0;
        const double theta = slides ? 1e4 : 1e6;
        const auto heads = [&](const char* part) {
            return rotated(norm(linear(input, layer + part), layer + part + "_norm"), head_dim, Pairs::halves,
                           theta);
        };
        // The last layers read what the last of their kind before them kept.
        if (l < ownKvLayers) {
            keys_[l] = heads("attn_k");
            values_[l] = normed(linear(input, layer + "attn_v"), Row(head_dim, 1.0));
        }
        const int owner = l < ownKvLayers ? l : ownKvLayers - (slides ? 2 : 1);
        PlainHeads shape{.scale = 1};
        if (slides)
            shape.window = streamWindow;
        return linear(attend(heads("attn_q"), keys_[owner], values_[owner], shape), layer + "attn_output");
    }

    [[nodiscard]] Rows feedForward(const Rows& x, int l) const
    {
        const std::string layer = name(l);
        Rows gates = linear(x, layer + "ffn_gate");
        if (l < sparseLayers)
            for (Row& gate : gates)
                keepFarAbove(gate);
        return linear(combined(each(gates, gelu), linear(x, layer + "ffn_up"), std::multiplies()),
                      layer + "ffn_down");
    }
    static void keepFarAbove(Row& gate)
    {
        const auto n = double(gate.size());
        const double mean = std::accumulate(gate.begin(), gate.end(), 0.0) / n;
        double squares = 0;
        for (const double value : gate)
            squares += (value - mean) * (value - mean);
        const double least = mean + double(gateDeviations) * std::sqrt(squares / (n - 1));
        for (double& value : gate)
            value = relu(value - least);
    }

    Rows own_; ///< (n_tokens, streamLayers · ownWidth)
    std::map<int, Rows> keys_, values_;
};

} // namespace rocmforge::test
