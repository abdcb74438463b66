// Tiny decoders whose blocks differ from those of most, each with a plain restatement: Falcon-H1
// (arXiv:2507.22448), Apertus (arXiv:2509.14233), BitNet (arXiv:2402.17764, arXiv:2504.12285) and
// the latent attention of DeepSeek-V2 (arXiv:2405.04434) with a temperature.
#pragma once

#include "plain_decoder.h"

#include <memory>

namespace rocmforge::test {

inline void addNorm(TinyModel& model, const std::string& name, int64_t width = n_embd, float mean = 1)
{
    model.addVector(name + ".weight", width, mean);
}

// Apertus: heads are normed, and the activation has numbers of each layer.

inline TinyModel makeApertus()
{
    TinyModel model(21);
    setShape(model, "apertus");
    model.set("xielu.alpha_p", std::vector<float>{0.7f, -0.4f});
    model.set("xielu.alpha_n", std::vector<float>{0.9f, 0.2f});
    model.set("xielu.beta", 0.5f);
    model.set("xielu.eps", -0.05f);
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        addNorm(model, layer + "attn_q_norm", head_dim);
        addNorm(model, layer + "attn_k_norm", head_dim);
        addNorm(model, layer + "ffn_norm");
        model.add(layer + "ffn_up.weight", {n_embd, n_ff});
        model.add(layer + "ffn_down.weight", {n_ff, n_embd});
    });
    return model;
}

class PlainApertus : public PlainDecoder {
    Rows layer(Rows x, int l) override
    {
        const std::string layer = name(l);
        const Rows input = norm(x, layer + "attn_norm");
        const Rows q = rotated(norm(linear(input, layer + "attn_q"), layer + "attn_q_norm"), head_dim);
        const Rows k = rotated(norm(linear(input, layer + "attn_k"), layer + "attn_k_norm"), head_dim);
        x = sum(x, linear(attend(q, k, linear(input, layer + "attn_v"), {}), layer + "attn_output"));
        const Rows h = each(linear(norm(x, layer + "ffn_norm"), layer + "ffn_up"),
                            [l](double value) { return xielu(value, l); });
        return sum(x, linear(h, layer + "ffn_down"));
    }

    static double xielu(double x, int l)
    {
        const double alphaP = std::log1p(std::exp(l == 0 ? double(0.7f) : double(-0.4f)));
        const double alphaN = 0.5 + std::log1p(std::exp(l == 0 ? double(0.9f) : double(0.2f)));
        if (x > 0)
            return alphaP * x * x + 0.5 * x;
        return alphaN * (std::expm1(std::min(x, double(-0.05f))) - x) + 0.5 * x;
    }
};

// BitNet: what the output projections read is normed, and matrices have scales.

inline TinyModel makeBitnet(const char* architecture, bool scales)
{
    TinyModel model(22);
    setShape(model, architecture);
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        addNorm(model, layer + "attn_sub_norm", n_heads * head_dim);
        addFeedForward(model, layer, Format::f32);
        addNorm(model, layer + "ffn_sub_norm", n_ff);
        model.addVector(layer + "attn_k.bias", n_kv_heads * head_dim, 0.2f);
        model.addVector(layer + "attn_output.bias", n_embd, 0.2f);
        for (const char* matrix :
             {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"})
            if (scales)
                model.add(layer + matrix + ".scale", {1}, Format::f32, 0.7f, 0.2f);
    });
    return model;
}

class PlainBitnet : public PlainDecoder {
public:
    explicit PlainBitnet(Function activation)
        : activation_(activation)
    {
    }

private:
    Rows run(Rows x, const std::string& layer) override
    {
        const Rows input = norm(x, layer + "attn_norm");
        const Rows y =
            attend(rotated(linear(input, layer + "attn_q"), head_dim),
                   rotated(linear(input, layer + "attn_k"), head_dim), linear(input, layer + "attn_v"), {});
        x = sum(x, linear(norm(y, layer + "attn_sub_norm"), layer + "attn_output"));
        const Rows read = norm(x, layer + "ffn_norm");
        const Rows h = combined(each(linear(read, layer + "ffn_gate"), activation_),
                                linear(read, layer + "ffn_up"), std::multiplies());
        return sum(x, linear(norm(h, layer + "ffn_sub_norm"), layer + "ffn_down"));
    }

    Function activation_;
};

// Falcon-H1: attention and a scan read the same.

inline constexpr int scanHeads = 4, scanDim = 8, scanState = 6, scanGroups = 2, scanTaps = 3,
                     scanInner = scanHeads * scanDim, scanWidth = scanInner + 2 * scanGroups * scanState;

inline TinyModel makeFalconH1()
{
    TinyModel model(23);
    setShape(model, "falcon-h1");
    model.set("falcon-h1.ssm.conv_kernel", uint32_t{scanTaps});
    model.set("falcon-h1.ssm.inner_size", uint32_t{scanInner});
    model.set("falcon-h1.ssm.state_size", uint32_t{scanState});
    model.set("falcon-h1.ssm.time_step_rank", uint32_t{scanHeads});
    model.set("falcon-h1.ssm.group_count", uint32_t{scanGroups});
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        addAttention(model, layer, Format::f32);
        model.add(layer + "ssm_in.weight", {n_embd, scanInner + scanWidth + scanHeads});
        model.add(layer + "ssm_conv1d.weight", {scanTaps, scanWidth});
        model.addVector(layer + "ssm_conv1d.bias", scanWidth, 0);
        model.addVector(layer + "ssm_dt.bias", scanHeads, 0.3f);
        model.add(layer + "ssm_a", {1, scanHeads}, Format::f32, -0.6f, 0.1f);
        model.add(layer + "ssm_d", {1, scanHeads}, Format::f32, 1, 0.1f);
        model.add(layer + "ssm_out.weight", {scanInner, n_embd});
        addFeedForward(model, layer, Format::f32);
        model.tensor(layer + "ffn_norm.weight").name = layer + "ffn_norm"; // as converters write it
    });
    return model;
}

class PlainFalconH1 : public PlainDecoder {
    Rows run(Rows x, const std::string& layer) override
    {
        const Rows input = norm(x, layer + "attn_norm");
        const Rows y =
            attend(rotated(linear(input, layer + "attn_q"), head_dim),
                   rotated(linear(input, layer + "attn_k"), head_dim), linear(input, layer + "attn_v"), {});
        x = sum(sum(x, linear(y, layer + "attn_output")), linear(scan(input, layer), layer + "ssm_out"));
        return sum(x, gatedBlock(norm(x, layer + "ffn_norm"), layer, silu));
    }

    [[nodiscard]] Rows scan(const Rows& x, const std::string& layer) const
    {
        const Rows z = products(x, layer + "ssm_in.weight", 0, scanInner);
        const Rows mixed = convolved(products(x, layer + "ssm_in.weight", scanInner, scanWidth), layer);
        const Rows steps = products(x, layer + "ssm_in.weight", scanInner + scanWidth, scanHeads);
        Rows y;
        std::vector<double> states(scanInner * scanState, 0.0);
        for (size_t t = 0; t < x.size(); ++t) {
            y.push_back(advanced(states, mixed[t], steps[t], layer));
            for (size_t i = 0; i < scanInner; ++i)
                y[t][i] *= silu(z[t][i]);
        }
        return y;
    }

    [[nodiscard]] Rows convolved(const Rows& x, const std::string& layer) const
    {
        Rows y(x.size(), row(layer + "ssm_conv1d.bias", 0));
        for (size_t t = 0; t < x.size(); ++t)
            for (size_t i = 0; i < scanWidth; ++i)
                for (size_t tap = 0; tap < scanTaps; ++tap)
                    if (t + tap + 1 >= scanTaps)
                        y[t][i] += row(layer + "ssm_conv1d.weight", i)[tap] * x[t + tap + 1 - scanTaps][i];
        return each(y, silu);
    }

    /// state = state · e^(a Δ) + Δ x b; y = state · c + d x.
    [[nodiscard]] Row advanced(std::vector<double>& states, const Row& mixed, const Row& steps,
                               const std::string& layer) const
    {
        Row y(scanInner);
        for (size_t h = 0; h < scanHeads; ++h) {
            const double step = std::log1p(std::exp(steps[h] + row(layer + "ssm_dt.bias", 0)[h]));
            const double decay = std::exp(step * row(layer + "ssm_a", h)[0]);
            const size_t group = h / (scanHeads / scanGroups);
            const double* b = &mixed[scanInner + group * scanState];
            const double* c = b + scanGroups * scanState;
            for (size_t i = h * scanDim; i < (h + 1) * scanDim; ++i) {
                y[i] = row(layer + "ssm_d", h)[0] * mixed[i];
                for (size_t j = 0; j < scanState; ++j) {
                    double& state = states[i * scanState + j];
                    state = state * decay + step * mixed[i] * b[j];
                    y[i] += state * c[j];
                }
            }
        }
        return y;
    }
};

// Latent attention whose queries grow with the position.

inline constexpr int latentRank = 32, latentRotated = 8, latentUnrotated = 16, latentValue = 24,
                     temperatureLength = 5;

inline TinyModel makeTunedLatent()
{
    TinyModel model = latentOf("mistral4", Format::f32);
    model.set("mistral4.attention.temperature_scale", 0.3f);
    model.set("mistral4.attention.temperature_length", uint32_t{temperatureLength});
    return model;
}

class PlainTunedLatent : public PlainDecoder {
    Rows run(Rows x, const std::string& layer) override
    {
        const Rows input = norm(x, layer + "attn_norm");
        const Rows down = linear(input, layer + "attn_kv_a_mqa");
        const Rows latent = norm(columns(down, 0, latentRank), layer + "attn_kv_a_norm");
        const Rows key = rotated(columns(down, latentRank, latentRotated), latentRotated, Pairs::neighbours);
        const Rows queries = linear(input, layer + "attn_q"), expanded = linear(latent, layer + "attn_kv_b");
        Rows y(x.size());
        for (size_t h = 0; h < n_heads; ++h) {
            const Rows kv =
                columns(expanded, h * (latentUnrotated + latentValue), latentUnrotated + latentValue);
            const Rows q =
                columns(queries, h * (latentUnrotated + latentRotated), latentUnrotated + latentRotated);
            const Rows turned =
                rotated(columns(q, latentUnrotated, latentRotated), latentRotated, Pairs::neighbours);
            const Rows values =
                attend(tuned(beside(columns(q, 0, latentUnrotated), turned)),
                       beside(columns(kv, 0, latentUnrotated), key),
                       columns(kv, latentUnrotated, latentValue), {.nHeads = 1, .nKvHeads = 1});
            y = beside(std::move(y), values);
        }
        x = sum(x, linear(y, layer + "attn_output"));
        return sum(x, gatedBlock(norm(x, layer + "ffn_norm"), layer, silu));
    }

    static Rows columns(const Rows& x, size_t first, size_t n)
    {
        Rows y;
        for (const Row& values : x)
            y.emplace_back(values.begin() + ptrdiff_t(first), values.begin() + ptrdiff_t(first + n));
        return y;
    }
    static Rows beside(Rows a, const Rows& b)
    {
        for (size_t t = 0; t < a.size(); ++t)
            a[t].insert(a[t].end(), b[t].begin(), b[t].end());
        return a;
    }
    static Rows tuned(Rows q)
    {
        for (size_t t = 0; t < q.size(); ++t)
            q[t] = scaled(std::move(q[t]),
                          1 + double(0.3f) * std::log(1 + std::floor(double(t) / temperatureLength)));
        return q;
    }
};

} // namespace rocmforge::test
