// A tiny PLaMo 2 and its plain restatement: layers of attention alternate with scans that have heads, but
// whose time step, b and c come from what was convolved (as in arXiv:2312.00752).
#pragma once

#include "plain_decoder.h"

namespace rocmforge::test {

inline constexpr int pieceHeads = 4, pieceDim = 8, pieceState = 6, pieceTaps = 3, pieceRank = 64,
                     pieceInner = pieceHeads * pieceDim;

inline TinyModel makePlamo2()
{
    TinyModel model(24);
    setShape(model, "plamo2");
    model.replace("plamo2.attention.head_count_kv", std::vector<uint32_t>{0, n_kv_heads});
    model.set("plamo2.ssm.conv_kernel", uint32_t{pieceTaps});
    model.set("plamo2.ssm.inner_size", uint32_t{pieceInner});
    model.set("plamo2.ssm.state_size", uint32_t{pieceState});
    model.set("plamo2.ssm.time_step_rank", uint32_t{pieceHeads});
    model.set("plamo2.ssm.group_count", uint32_t{0});
    addEnds(model, Format::f32);
    addLayers(model, [&](const std::string& layer) {
        if (layer == "blk.1.") {
            addMergedAttention(model, layer, Format::f32);
            model.add(layer + "attn_q_norm.weight", {head_dim, n_heads}, Format::f32, 1, 0.1f);
            model.add(layer + "attn_k_norm.weight", {head_dim, n_kv_heads}, Format::f32, 1, 0.1f);
        } else {
            model.add(layer + "ssm_in.weight", {n_embd, 2 * pieceInner});
            model.add(layer + "ssm_conv1d.weight", {pieceTaps, pieceInner});
            model.add(layer + "ssm_x.weight", {pieceInner, pieceRank + 2 * pieceState});
            model.add(layer + "ssm_dt.weight", {pieceRank, pieceHeads});
            model.addVector(layer + "ssm_dt.bias", pieceHeads, 0.3f);
            model.addVector(layer + "ssm_a", pieceHeads, -0.6f);
            model.addVector(layer + "ssm_d", pieceHeads, 1);
            model.addVector(layer + "ssm_dt_norm", pieceRank, 1); // without ending, as converters write them
            model.addVector(layer + "ssm_b_norm", pieceState, 1);
            model.addVector(layer + "ssm_c_norm", pieceState, 1);
            model.add(layer + "ssm_out.weight", {pieceInner, n_embd});
        }
        for (const char* norm : {"post_attention_norm", "ffn_norm.weight", "post_ffw_norm"})
            model.addVector(layer + norm, n_embd, 1);
        model.add(layer + "ffn_up.weight", {n_embd, 2 * n_ff});
        model.add(layer + "ffn_down.weight", {n_ff, n_embd});
    });
    return model;
}

class PlainPlamo2 : public PlainDecoder {
    Rows layer(Rows x, int l) override
    {
        const std::string layer = name(l);
        const Rows input = norm(x, layer + "attn_norm");
        const Rows mixed = l == 1 ? attention(input, layer) : linear(scan(input, layer), layer + "ssm_out");
        x = sum(x, norm(mixed, layer + "post_attention_norm"));
        const Rows read = norm(x, layer + "ffn_norm");
        const Rows gate = each(products(read, layer + "ffn_up.weight", 0, n_ff), silu);
        const Rows up = products(read, layer + "ffn_up.weight", n_ff, n_ff);
        return sum(
            x,
            norm(linear(combined(gate, up, std::multiplies()), layer + "ffn_down"), layer + "post_ffw_norm"));
    }

    [[nodiscard]] Rows attention(const Rows& x, const std::string& layer) const
    {
        constexpr size_t qWidth = n_heads * head_dim, kWidth = n_kv_heads * head_dim;
        const auto heads = [&](const char* norms, size_t first, size_t n) {
            Rows y = products(x, layer + "attn_qkv.weight", first, n);
            for (Row& token : y)
                for (size_t h = 0; h < n / head_dim; ++h)
                    normHead(token, h * head_dim, row(layer + norms, h));
            return rotated(std::move(y), head_dim);
        };
        const Rows v = products(x, layer + "attn_qkv.weight", qWidth + kWidth, kWidth);
        return linear(attend(heads("attn_q_norm.weight", 0, qWidth),
                             heads("attn_k_norm.weight", qWidth, kWidth), v, {}),
                      layer + "attn_output");
    }
    static void normHead(Row& token, size_t first, const Row& weight)
    {
        const Rows head = normed(
            {Row(token.begin() + ptrdiff_t(first), token.begin() + ptrdiff_t(first + head_dim))}, weight);
        std::ranges::copy(head[0], token.begin() + ptrdiff_t(first));
    }

    /// state = state · e^(a Δ) + Δ x b; y = (state · c + d x) ∘ silu(z).
    [[nodiscard]] Rows scan(const Rows& input, const std::string& layer) const
    {
        const Rows zx = linear(input, layer + "ssm_in"), x = convolved(zx, layer);
        const Rows b = norm(products(x, layer + "ssm_x.weight", 0, pieceState), layer + "ssm_b_norm");
        const Rows c =
            norm(products(x, layer + "ssm_x.weight", pieceState, pieceState), layer + "ssm_c_norm");
        const Rows steps = linear(
            norm(products(x, layer + "ssm_x.weight", 2 * pieceState, pieceRank), layer + "ssm_dt_norm"),
            layer + "ssm_dt");
        Rows y(x.size(), Row(pieceInner));
        std::vector<double> states(pieceInner * pieceState, 0.0);
        for (size_t t = 0; t < x.size(); ++t)
            for (size_t i = 0; i < pieceInner; ++i) {
                const size_t h = i / pieceDim;
                const double step = std::log1p(std::exp(steps[t][h]));
                y[t][i] = row(layer + "ssm_d", 0)[h] * x[t][i];
                for (size_t j = 0; j < pieceState; ++j) {
                    double& state = states[i * pieceState + j];
                    state = state * std::exp(step * row(layer + "ssm_a", 0)[h]) + step * x[t][i] * b[t][j];
                    y[t][i] += state * c[t][j];
                }
                y[t][i] *= silu(zx[t][2 * h * pieceDim + i % pieceDim]);
            }
        return y;
    }

    /// Of every head's x, which follows its z.
    [[nodiscard]] Rows convolved(const Rows& zx, const std::string& layer) const
    {
        Rows y(zx.size(), Row(pieceInner));
        for (size_t t = 0; t < zx.size(); ++t)
            for (size_t i = 0; i < pieceInner; ++i)
                for (size_t tap = 0; tap < pieceTaps; ++tap)
                    if (t + tap + 1 >= pieceTaps)
                        y[t][i] += row(layer + "ssm_conv1d.weight", i)[tap]
                            * zx[t + tap + 1 - pieceTaps][(2 * (i / pieceDim) + 1) * pieceDim + i % pieceDim];
        return each(y, silu);
    }
};

} // namespace rocmforge::test
