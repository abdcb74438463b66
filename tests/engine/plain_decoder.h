// Decoders restated plainly, in double precision and from their papers, over the tensors of a tiny
// model: what all of them are made of.
#pragma once

#include "tiny_decoders.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>

namespace rocmforge::test {

using Row = std::vector<double>;
using Rows = std::vector<Row>;

/// Attention of all tokens over those before them.
struct PlainHeads {
    int nHeads = n_heads;
    int nKvHeads = n_kv_heads;
    double scale = 0;
    int window = std::numeric_limits<int>::max();
    double cap = 0; ///< 0 = none
};

class PlainDecoder {
public:
    virtual ~PlainDecoder() = default;

    [[nodiscard]] std::vector<float> logits(const TinyModel& model, const std::vector<int32_t>& tokens)
    {
        model_ = &model;
        tokens_ = tokens;
        Rows x;
        for (const int32_t token : tokens)
            x.push_back(scaled(row("token_embd.weight", size_t(token)), embeddingScale));
        x = join(layers(spread(std::move(x))));
        std::vector<float> logits;
        const std::string output = contains("output.weight") ? "output" : "token_embd";
        for (const Row& scores : linear(norm(x, "output_norm"), output))
            for (const double score : scores)
                logits.push_back(float(capped(score * logitScale, logitCap)));
        return logits;
    }

protected:
    double embeddingScale = 1, logitScale = 1, logitCap = 0;

    /// The residual stream after layer number `l`.
    virtual Rows layer(Rows x, int l) { return x.empty() ? x : run(std::move(x), name(l)); }
    virtual Rows run(Rows x, const std::string&) { return x; }
    virtual Rows spread(Rows x) { return x; }
    virtual Rows join(Rows x) { return x; }

    static std::string name(int l) { return "blk." + std::to_string(l) + "."; }
    [[nodiscard]] const std::vector<int32_t>& tokens() const { return tokens_; }
    [[nodiscard]] const TinyTensor& tensor(const std::string& name) const { return model_->tensor(name); }
    [[nodiscard]] bool contains(const std::string& name) const { return model_->contains(name); }

    [[nodiscard]] Row row(const std::string& name, size_t index) const
    {
        const auto first = tensor(name).values.begin() + ptrdiff_t(index) * tensor(name).shape[0];
        return {first, first + tensor(name).shape[0]};
    }

    static double capped(double x, double cap) { return cap > 0 ? cap * std::tanh(x / cap) : x; }

    static Row scaled(Row x, double factor)
    {
        for (double& value : x)
            value *= factor;
        return x;
    }
    static Rows scaled(Rows x, double factor)
    {
        for (Row& values : x)
            values = scaled(std::move(values), factor);
        return x;
    }

    static Rows sum(Rows a, const Rows& b)
    {
        return combined(std::move(a), b, [](double x, double y) { return x + y; });
    }
    template <typename Combine> static Rows combined(Rows a, const Rows& b, Combine combine)
    {
        for (size_t t = 0; t < a.size(); ++t)
            std::ranges::transform(a[t], b[t], a[t].begin(), combine);
        return a;
    }
    template <typename Apply> static Rows each(Rows x, Apply apply)
    {
        for (Row& values : x)
            std::ranges::transform(values, values.begin(), apply);
        return x;
    }

    /// Rows first … first + n - 1 of a tensor, times x.
    [[nodiscard]] Row product(const Row& x, const std::string& name, size_t first, size_t n) const
    {
        Row y(n);
        for (size_t o = 0; o < n; ++o) {
            const Row weights = row(name, first + o);
            y[o] = std::inner_product(x.begin(), x.end(), weights.begin(), 0.0);
        }
        return y;
    }
    [[nodiscard]] Rows products(const Rows& x, const std::string& name, size_t first, size_t n) const
    {
        Rows y;
        for (const Row& values : x)
            y.push_back(product(values, name, first, n));
        return y;
    }
    [[nodiscard]] Rows linear(const Rows& x, const std::string& name) const
    {
        Rows y = products(x, name + ".weight", 0, size_t(tensor(name + ".weight").shape[1]));
        if (contains(name + ".scale"))
            y = scaled(std::move(y), double(tensor(name + ".scale").values[0]));
        if (contains(name + ".bias"))
            y = sum(std::move(y), Rows(x.size(), row(name + ".bias", 0)));
        return y;
    }

    /// Every `weight.size()` values are normed by themselves.
    static Rows normed(Rows x, const Row& weight)
    {
        const size_t n = weight.size();
        for (Row& values : x)
            for (size_t first = 0; first < values.size(); first += n) {
                double squares = 0;
                for (size_t i = 0; i < n; ++i)
                    squares += values[first + i] * values[first + i] / double(n);
                for (size_t i = 0; i < n; ++i)
                    values[first + i] *= weight[i] / std::sqrt(squares + double(1e-5f));
            }
        return x;
    }
    [[nodiscard]] Rows norm(const Rows& x, const std::string& name) const
    {
        return normed(x, row(contains(name) ? name : name + ".weight", 0));
    }

    enum class Pairs { halves, neighbours };
    static Rows rotated(Rows x, size_t width, Pairs pairs = Pairs::halves, double theta = 10000)
    {
        const size_t half = width / 2;
        for (size_t position = 0; position < x.size(); ++position)
            for (size_t first = 0; first < x[position].size(); first += width)
                for (size_t i = 0; i < half; ++i) {
                    const double angle = double(position) * std::pow(theta, -2.0 * double(i) / double(width));
                    double& a = x[position][first + (pairs == Pairs::halves ? i : 2 * i)];
                    double& b = x[position][first + (pairs == Pairs::halves ? half + i : 2 * i + 1)];
                    const double turned = a * std::cos(angle) - b * std::sin(angle);
                    b = a * std::sin(angle) + b * std::cos(angle);
                    a = turned;
                }
        return x;
    }

    static Rows attend(const Rows& q, const Rows& k, const Rows& v, const PlainHeads& heads)
    {
        const size_t dim = q[0].size() / size_t(heads.nHeads), vDim = v[0].size() / size_t(heads.nKvHeads);
        const double scale = heads.scale > 0 ? heads.scale : 1 / std::sqrt(double(dim));
        Rows y(q.size(), Row(size_t(heads.nHeads) * vDim, 0.0));
        for (size_t h = 0; h < size_t(heads.nHeads); ++h) {
            const size_t kvHead = h * size_t(heads.nKvHeads) / size_t(heads.nHeads);
            for (size_t t = 0; t < q.size(); ++t) {
                const size_t first = t + 1 > size_t(heads.window) ? t + 1 - size_t(heads.window) : size_t(0);
                Row weights;
                for (size_t s = first; s <= t; ++s) {
                    double score = 0;
                    for (size_t i = 0; i < dim; ++i)
                        score += q[t][h * dim + i] * k[s][kvHead * dim + i] * scale;
                    weights.push_back(std::exp(capped(score, heads.cap)));
                }
                const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
                for (size_t s = first; s <= t; ++s)
                    for (size_t i = 0; i < vDim; ++i)
                        y[t][h * vDim + i] += weights[s - first] / total * v[s][kvHead * vDim + i];
            }
        }
        return y;
    }

    static double silu(double x) { return x / (1 + std::exp(-x)); }
    static double relu(double x) { return std::max(x, 0.0); }
    static double gelu(double x)
    {
        return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    }
    using Function = double (*)(double);

    /// down(activation(gate) ∘ up) of the tensors that end in `suffix`.
    [[nodiscard]] Rows gatedBlock(const Rows& x, const std::string& layer, Function activation,
                                  const std::string& suffix = "") const
    {
        const Rows gate = each(linear(x, layer + "ffn_gate" + suffix), activation);
        return linear(combined(gate, linear(x, layer + "ffn_up" + suffix), std::multiplies()),
                      layer + "ffn_down" + suffix);
    }

    /// The `nUsed` experts with the largest of the shares, which are made to sum to 1, of x.
    [[nodiscard]] Rows experts(const Rows& x, Rows shares, const std::string& layer, int nUsed,
                               Function activation) const
    {
        const auto ff = size_t(tensor(layer + "ffn_up_exps.weight").shape[1]);
        Rows y(x.size(), Row(n_embd, 0.0));
        for (size_t t = 0; t < x.size(); ++t) {
            Row& share = shares[t];
            Row best = share;
            std::ranges::sort(best, std::greater());
            const double total = std::accumulate(best.begin(), best.begin() + nUsed, 0.0);
            for (size_t e = 0; e < share.size(); ++e) {
                if (share[e] < best[size_t(nUsed) - 1])
                    continue;
                Row h = product(x[t], layer + "ffn_gate_exps.weight", e * ff, ff);
                const Row up = product(x[t], layer + "ffn_up_exps.weight", e * ff, ff);
                for (size_t i = 0; i < ff; ++i)
                    h[i] = activation(h[i]) * up[i];
                const Row out = product(h, layer + "ffn_down_exps.weight", e * n_embd, n_embd);
                for (size_t i = 0; i < out.size(); ++i)
                    y[t][i] += share[e] / total * out[i];
            }
        }
        return y;
    }
    static Rows softmax(Rows x)
    {
        for (Row& values : x) {
            double total = 0;
            for (double& value : values)
                total += value = std::exp(value);
            values = scaled(std::move(values), 1 / total);
        }
        return x;
    }
    static Rows sigmoid(Rows x)
    {
        return each(std::move(x), [](double value) { return 1 / (1 + std::exp(-value)); });
    }

private:
    Rows layers(Rows x)
    {
        for (int l = 0; contains(name(l) + "attn_norm.weight"); ++l)
            x = layer(std::move(x), l);
        return x;
    }

    const TinyModel* model_ = nullptr;
    std::vector<int32_t> tokens_;
};

} // namespace rocmforge::test
