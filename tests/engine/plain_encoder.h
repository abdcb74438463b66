// Tiny encoders (BERT and its kin) and a plain restatement of what they compute, in double precision
// and straight from the papers: BERT (arXiv:1810.04805), ALiBi (arXiv:2108.12409), rotary positions
// (arXiv:2104.09864), gated units (arXiv:2002.05202).
#pragma once

#include "support/tiny_model.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <optional>

namespace rocmforge::test {

using Rows = std::vector<std::vector<double>>;

/// What the members of the family differ in.
struct Encoder {
    const char* architecture = "bert";
    bool learnedPositions = false;
    bool rotated = false;
    bool alibi = false;
    bool tokenTypes = true;
    bool mergedQkv = false;
    bool biases = false;
    bool headNorms = false; ///< of all heads' queries and keys together
    bool secondNorm = false; ///< what attention read is added and normed again
    enum class Unit { plain, gated, gatedMerged } unit = Unit::plain;
    bool silu = false;
    int expertPeriod = 0; ///< the second layer of each period has experts; 0 = none has
    bool normsBefore = false; ///< each block norms its input; else the sum is normed
    int window = 0; ///< of all layers but the first of three
    double theta = 10000, windowTheta = 10000;
};

inline constexpr int encoderWidth = 64, encoderFf = 96, encoderHeads = 4, encoderLayers = 4,
                     encoderExperts = 4, encoderVocab = 60, encoderContext = 96;

inline void setEncoderKeys(TinyModel& model, const Encoder& e)
{
    const std::string prefix = std::string(e.architecture) + ".";
    model.set("general.architecture", std::string(e.architecture));
    model.set(prefix + "block_count", uint32_t{encoderLayers});
    model.set(prefix + "embedding_length", uint32_t{encoderWidth});
    model.set(prefix + "feed_forward_length", uint32_t{encoderFf});
    model.set(prefix + "context_length", uint32_t{encoderContext});
    model.set(prefix + "attention.head_count", uint32_t{encoderHeads});
    model.set(prefix + "attention.layer_norm_epsilon", 1e-6f);
    model.set(prefix + "attention.causal", false);
    model.set(prefix + "rope.freq_base", static_cast<float>(e.theta));
    if (e.expertPeriod > 0) {
        model.set(prefix + "moe_every_n_layers", uint32_t(e.expertPeriod));
        model.set(prefix + "expert_count", uint32_t{encoderExperts});
        model.set(prefix + "expert_used_count", uint32_t{2});
    }
    if (e.window > 0) {
        model.set(prefix + "attention.sliding_window", uint32_t(e.window));
        model.set(prefix + "rope.freq_base_swa", static_cast<float>(e.windowTheta));
    }
}

inline void addLinear(TinyModel& model, const std::string& name, int64_t nIn, int64_t nOut, bool bias)
{
    model.add(name + ".weight", {nIn, nOut});
    if (bias)
        model.addVector(name + ".bias", nOut, 0);
}

inline void addLayerNorm(TinyModel& model, const std::string& name, bool bias)
{
    model.addVector(name + ".weight", encoderWidth, 1);
    if (bias)
        model.addVector(name + ".bias", encoderWidth, 0);
}

inline void addEncoderAttention(TinyModel& model, const Encoder& e, const std::string& layer)
{
    if (e.mergedQkv) {
        addLinear(model, layer + "attn_qkv", encoderWidth, 3 * encoderWidth, e.biases);
    } else {
        for (const char* name : {"attn_q", "attn_k", "attn_v"})
            addLinear(model, layer + name, encoderWidth, encoderWidth, e.biases);
    }
    if (e.headNorms)
        for (const char* name : {"attn_q_norm", "attn_k_norm"})
            addLayerNorm(model, layer + name, true);
    addLinear(model, layer + "attn_output", encoderWidth, encoderWidth, e.biases);
}

inline void addEncoderLayer(TinyModel& model, const Encoder& e, int index)
{
    using Unit = Encoder::Unit;
    const std::string layer = "blk." + std::to_string(index) + ".";
    addEncoderAttention(model, e, layer);
    if (e.normsBefore) {
        if (index > 0)
            addLayerNorm(model, layer + "attn_norm", false);
        addLayerNorm(model, layer + "ffn_norm", false);
    } else {
        addLayerNorm(model, layer + "attn_output_norm", true);
        addLayerNorm(model, layer + "layer_output_norm", true);
    }
    if (e.secondNorm)
        addLayerNorm(model, layer + "attn_norm_2", true);
    if (e.expertPeriod > 0 && index % e.expertPeriod == 1) {
        model.add(layer + "ffn_gate_inp.weight", {encoderWidth, encoderExperts});
        model.add(layer + "ffn_up_exps.weight", {encoderWidth, encoderFf, encoderExperts});
        model.add(layer + "ffn_down_exps.weight", {encoderFf, encoderWidth, encoderExperts});
        return;
    }
    const int upRows = e.unit == Unit::gatedMerged ? 2 * encoderFf : encoderFf;
    addLinear(model, layer + "ffn_up", encoderWidth, upRows, e.biases && e.unit == Unit::plain);
    if (e.unit == Unit::gated)
        addLinear(model, layer + "ffn_gate", encoderWidth, encoderFf, false);
    addLinear(model, layer + "ffn_down", encoderFf, encoderWidth, e.biases);
}

/// All but the pooling and the vocabulary.
inline TinyModel makeEncoder(const Encoder& e)
{
    TinyModel model(7);
    setEncoderKeys(model, e);
    model.add("token_embd.weight", {encoderWidth, encoderVocab}, Format::f32, 0, 1);
    if (e.tokenTypes)
        model.add("token_types.weight", {encoderWidth, 2}, Format::f32, 0, 1);
    if (e.learnedPositions)
        model.add("position_embd.weight", {encoderWidth, encoderContext}, Format::f32, 0, 1);
    addLayerNorm(model, "token_embd_norm", !e.normsBefore);
    for (int l = 0; l < encoderLayers; ++l)
        addEncoderLayer(model, e, l);
    if (e.normsBefore)
        addLayerNorm(model, "output_norm", false);
    return model;
}

class PlainEncoder {
public:
    PlainEncoder(const TinyModel& model, const Encoder& encoder)
        : model_(model)
        , e_(encoder)
    {
    }

    /// The last state of every token.
    [[nodiscard]] Rows run(const std::vector<int32_t>& tokens) const
    {
        Rows x;
        for (size_t i = 0; i < tokens.size(); ++i) {
            x.push_back(row("token_embd.weight", size_t(tokens[i])));
            if (e_.tokenTypes)
                addTo(x.back(), row("token_types.weight", 0));
            if (e_.learnedPositions)
                addTo(x.back(), row("position_embd.weight", i));
        }
        x = norm(x, "token_embd_norm");
        for (int l = 0; l < encoderLayers; ++l)
            x = e_.normsBefore ? layerNormedBefore(x, l) : layerNormedAfter(x, l);
        return e_.normsBefore ? norm(x, "output_norm") : x;
    }

private:
    using Row = std::vector<double>;

    static void addTo(Row& a, const Row& b)
    {
        for (size_t i = 0; i < a.size(); ++i)
            a[i] += b[i];
    }

    static Rows sum(Rows a, const Rows& b)
    {
        for (size_t i = 0; i < a.size(); ++i)
            addTo(a[i], b[i]);
        return a;
    }

    [[nodiscard]] Row row(const std::string& name, size_t index) const
    {
        const TinyTensor& tensor = model_.tensor(name);
        const auto first = tensor.values.begin() + ptrdiff_t(index) * tensor.shape[0];
        return {first, first + tensor.shape[0]};
    }

    [[nodiscard]] bool contains(const std::string& name) const { return model_.contains(name); }

    [[nodiscard]] Rows linear(const Rows& x, const std::string& name) const
    {
        const auto nOut = size_t(model_.tensor(name + ".weight").shape[1]);
        const Row bias = contains(name + ".bias") ? row(name + ".bias", 0) : Row(nOut, 0.0);
        Rows y(x.size(), bias);
        for (size_t o = 0; o < nOut; ++o) {
            const Row weights = row(name + ".weight", o);
            for (size_t t = 0; t < x.size(); ++t)
                for (size_t i = 0; i < weights.size(); ++i)
                    y[t][o] += x[t][i] * weights[i];
        }
        return y;
    }

    [[nodiscard]] Rows norm(Rows x, const std::string& name) const
    {
        const Row weight = row(name + ".weight", 0);
        const Row bias = contains(name + ".bias") ? row(name + ".bias", 0) : Row(weight.size(), 0.0);
        for (Row& values : x) {
            double mean = 0, variance = 0;
            for (const double v : values)
                mean += v / double(values.size());
            for (const double v : values)
                variance += (v - mean) * (v - mean) / double(values.size());
            for (size_t i = 0; i < values.size(); ++i)
                values[i] = (values[i] - mean) / std::sqrt(variance + double(1e-6f)) * weight[i] + bias[i];
        }
        return x;
    }

    [[nodiscard]] Rows layerNormedAfter(const Rows& x, int l) const
    {
        const std::string layer = "blk." + std::to_string(l) + ".";
        Rows y = norm(sum(x, attention(x, l)), layer + "attn_output_norm");
        if (e_.secondNorm)
            y = norm(sum(y, x), layer + "attn_norm_2");
        return norm(sum(y, feedForward(y, layer)), layer + "layer_output_norm");
    }

    [[nodiscard]] Rows layerNormedBefore(const Rows& x, int l) const
    {
        const std::string layer = "blk." + std::to_string(l) + ".";
        const Rows y = sum(x, attention(l > 0 ? norm(x, layer + "attn_norm") : x, l));
        return sum(y, feedForward(norm(y, layer + "ffn_norm"), layer));
    }

    [[nodiscard]] static double gelu(double x)
    {
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    }

    /// Row `first` + o of `name`, · x, for the n outputs o.
    [[nodiscard]] Row product(const Row& x, const std::string& name, size_t first, size_t n) const
    {
        Row y(n);
        for (size_t o = 0; o < n; ++o) {
            const Row weights = row(name, first + o);
            y[o] = std::inner_product(x.begin(), x.end(), weights.begin(), 0.0);
        }
        return y;
    }

    /// The two experts with the largest shares of a softmax over all, weighted by them.
    [[nodiscard]] Row experts(const Row& x, const std::string& layer) const
    {
        Row shares = product(x, layer + "ffn_gate_inp.weight", 0, encoderExperts);
        double total = 0;
        for (double& share : shares)
            total += share = std::exp(share);
        Row y(encoderWidth, 0.0);
        for (int used = 0; used < 2; ++used) {
            const auto best = std::ranges::max_element(shares);
            const auto expert = size_t(best - shares.begin());
            Row h = product(x, layer + "ffn_up_exps.weight", expert * encoderFf, encoderFf);
            std::ranges::transform(h, h.begin(), gelu);
            Row out = product(h, layer + "ffn_down_exps.weight", expert * encoderWidth, encoderWidth);
            for (size_t i = 0; i < y.size(); ++i)
                y[i] += *best / total * out[i];
            *best = 0;
        }
        return y;
    }

    [[nodiscard]] Rows feedForward(const Rows& x, const std::string& layer) const
    {
        using Unit = Encoder::Unit;
        if (contains(layer + "ffn_gate_inp.weight")) {
            Rows y;
            for (const Row& token : x)
                y.push_back(experts(token, layer));
            return y;
        }
        Rows up = linear(x, layer + "ffn_up");
        const Rows gate = e_.unit == Unit::gated ? linear(x, layer + "ffn_gate") : up;
        Rows h(x.size(), Row(encoderFf));
        for (size_t t = 0; t < x.size(); ++t)
            for (size_t i = 0; i < encoderFf; ++i) {
                const double g = gate[t][i];
                const double activated = e_.silu ? g / (1 + std::exp(-g)) : gelu(g);
                const double u =
                    e_.unit == Unit::plain ? 1 : up[t][e_.unit == Unit::gated ? i : encoderFf + i];
                h[t][i] = activated * u;
            }
        return linear(h, layer + "ffn_down");
    }

    struct Qkv {
        Rows q, k, v;
    };

    [[nodiscard]] Qkv project(const Rows& x, const std::string& layer) const
    {
        if (!e_.mergedQkv)
            return {linear(x, layer + "attn_q"), linear(x, layer + "attn_k"), linear(x, layer + "attn_v")};
        Qkv parts;
        for (const Row& all : linear(x, layer + "attn_qkv")) {
            parts.q.emplace_back(all.begin(), all.begin() + encoderWidth);
            parts.k.emplace_back(all.begin() + encoderWidth, all.begin() + 2 * encoderWidth);
            parts.v.emplace_back(all.begin() + 2 * encoderWidth, all.end());
        }
        return parts;
    }

    static void rotate(Rows& x, double theta)
    {
        constexpr int headDim = encoderWidth / encoderHeads, half = headDim / 2;
        for (size_t position = 0; position < x.size(); ++position)
            for (int head = 0; head < encoderHeads; ++head)
                for (int i = 0; i < half; ++i) {
                    const double angle = double(position) * std::pow(theta, -2.0 * i / headDim);
                    double& a = x[position][size_t(head * headDim + i)];
                    double& b = x[position][size_t(head * headDim + half + i)];
                    const double rotated = a * std::cos(angle) - b * std::sin(angle);
                    b = a * std::sin(angle) + b * std::cos(angle);
                    a = rotated;
                }
    }

    [[nodiscard]] Rows attention(const Rows& x, int l) const
    {
        const std::string layer = "blk." + std::to_string(l) + ".";
        const bool windowed = e_.window > 0 && l % 3 != 0;
        Qkv p = project(x, layer);
        if (e_.headNorms) {
            p.q = norm(p.q, layer + "attn_q_norm");
            p.k = norm(p.k, layer + "attn_k_norm");
        }
        if (e_.rotated) {
            rotate(p.q, windowed ? e_.windowTheta : e_.theta);
            rotate(p.k, windowed ? e_.windowTheta : e_.theta);
        }
        const int reach = windowed ? e_.window / 2 : std::numeric_limits<int>::max();
        Rows y(x.size(), Row(encoderWidth, 0.0));
        for (int head = 0; head < encoderHeads; ++head)
            attendHead(y, p, head, reach);
        return linear(y, layer + "attn_output");
    }

    /// Softmax over all tokens up to `reach` away; slopes of 2^(-2), 2^(-4), … for four heads.
    void attendHead(Rows& y, const Qkv& p, int head, int reach) const
    {
        constexpr int headDim = encoderWidth / encoderHeads;
        const auto first = size_t(head * headDim);
        const double slope = e_.alibi ? std::exp2(-2.0 * (head + 1)) : 0;
        for (int t = 0; t < int(y.size()); ++t) {
            Row weights;
            double total = 0;
            for (int other = 0; other < int(y.size()); ++other) {
                double score = 0;
                for (size_t i = first; i < first + headDim; ++i)
                    score += p.q[size_t(t)][i] * p.k[size_t(other)][i] / std::sqrt(double(headDim));
                const bool visible = std::abs(t - other) <= reach;
                weights.push_back(visible ? std::exp(score - slope * std::abs(t - other)) : 0);
                total += weights.back();
            }
            for (size_t other = 0; other < y.size(); ++other)
                for (size_t i = first; i < first + headDim; ++i)
                    y[size_t(t)][i] += weights[other] / total * p.v[other][i];
        }
    }

    const TinyModel& model_;
    Encoder e_;
};

} // namespace rocmforge::test
