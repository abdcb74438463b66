#include "model/blocks/alternating_updates.h"

#include "model/blocks/per_layer_embedding.h"

#include <numbers>

namespace rocmforge {
namespace {

/// state.mixing (n_tokens, linear.n_out) by what state.x is like.
void mixing_weights(const Pass& pass, const StreamsLayer& streams, const Linear& linear)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t size = n * streams.router.weight.n_out;
    pass.project(s.modalities, s.x, streams.router, &streams.router_norm);
    backend.scale(s.modalities, 1 / static_cast<float>(c.n_embd), size);
    backend.soft_cap(s.modalities, 1, size);
    pass.project(s.mixing, s.modalities, linear);
}

/// to (n_tokens, n_embd) = stream number i.
void take_stream(const Pass& pass, float* to, int64_t i)
{
    const int64_t width = pass.config.n_embd;
    pass.backend.copy_rows(to, width, pass.state.streams + i * width, pass.config.streams.n * width, width,
                           pass.n_tokens);
}

void put_stream(const Pass& pass, int64_t i, const float* from)
{
    const int64_t width = pass.config.n_embd;
    pass.backend.copy_rows(pass.state.streams + i * width, pass.config.streams.n * width, from, width, width,
                           pass.n_tokens);
}

/// x (n_tokens, n_embd) *= vector (n_embd). Overwrites state.share.
void scale_columns(const Pass& pass, float* x, const float* vector)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.copy_rows(s.share, c.n_embd, vector, 0, c.n_embd, n);
    backend.multiply_by(x, s.share, pass.embedding_size());
}

} // namespace

Status plan_streams(const LayerPlan& plan, std::vector<Linear>& streams, std::string_view tensor)
{
    streams.resize(static_cast<size_t>(plan.config().streams.n - 1));
    const int64_t n_embd = plan.config().n_embd;
    std::vector<RowBlock> blocks;
    for (Linear& stream : streams)
        blocks.push_back({&stream.weight, nullptr, n_embd});
    return plan.weights().merged(blocks, plan.name(tensor), plan.embd(),
                                 {n_embd * std::ssize(streams), "embedding length of all other streams"});
}

Status plan_streams_layer(const LayerPlan& plan, StreamsLayer& streams)
{
    const StreamsConfig& c = plan.config().streams;
    const Extent n{c.n, "streams"}, rank{c.rank, "rank beside attention"};
    TRY_STATUS(plan.norm(streams.router_norm, "altup_router_norm", plan.embd()));
    TRY_STATUS(plan.vector(streams.correct_scale, "altup_correct_scale.weight", plan.embd()));
    TRY_STATUS(plan.norm(streams.post_norm, "laurel_post_norm", plan.embd()));
    TRY_STATUS(plan.weights().ones(streams.correct.bias, c.n));
    return plan.linears({
        {&streams.router, "altup_router", plan.embd(), n},
        {&streams.predict, "altup_predict_coef", n, {int64_t{c.n} * c.n, "streams times streams"}},
        {&streams.correct, "altup_correct_coef", n, n},
        {&streams.down, "laurel_l", plan.embd(), rank},
        {&streams.up, "laurel_r", rank, plan.embd()},
    });
}

Status finish_streams(StreamsLayer& streams, const Config& config, Backend& backend)
{
    std::vector<float> others(static_cast<size_t>(config.streams.n), 1.0f);
    others.front() = 0;
    TRY(streams.others, backend.upload_vector(others));
    return {};
}

void spread_streams(const Pass& pass, const Weights& weights)
{
    const auto& [backend, c, s, batch, n] = pass;
    put_stream(pass, 0, s.x);
    for (size_t i = 0; i < weights.spread_streams.size(); ++i) {
        pass.project(s.share, s.x, weights.spread_streams[i]);
        backend.match_power(s.share, s.x, n, c.n_embd);
        put_stream(pass, static_cast<int64_t>(i) + 1, s.share);
    }
}

void predict_streams(const Pass& pass, const StreamsLayer& streams)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int64_t all = int64_t{c.streams.n} * c.n_embd;
    take_stream(pass, s.x, 0);
    mixing_weights(pass, streams, streams.predict);
    backend.copy_rows(s.former_streams, all, s.streams, all, all, n);
    backend.mix(s.streams, s.former_streams, {s.mixing, c.streams.n, c.streams.n}, n, c.n_embd);
    take_stream(pass, s.x, 0);
}

void map_beside_attention(const Pass& pass, const Layer& layer)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.norm(s.normed, s.x, layer.attn_norm, n, c.n_embd);
    pass.project(s.low_rank, s.normed, layer.streams.down);
    pass.project(s.share, s.low_rank, layer.streams.up);
    backend.norm(s.share, s.share, layer.streams.post_norm, n, c.n_embd);
    backend.add(s.normed, s.share, 1, pass.embedding_size());
}

void add_map_beside_attention(const Pass& pass)
{
    pass.backend.add(pass.state.x, pass.state.normed, 1, pass.embedding_size());
    pass.backend.scale(pass.state.x, static_cast<float>(1 / std::numbers::sqrt2), pass.embedding_size());
}

void correct_streams(const Pass& pass, const Layer& layer, int index)
{
    const auto& [backend, c, s, batch, n] = pass;
    const int n_streams = c.streams.n;
    mixing_weights(pass, layer.streams, layer.streams.correct);
    take_stream(pass, s.share, 0);
    backend.add(s.x, s.share, -1, pass.embedding_size());
    backend.mix(s.streams, s.x, {s.mixing, n_streams, 1}, n, c.n_embd);
    take_stream(pass, s.x, 0);
    scale_columns(pass, s.x, layer.streams.correct_scale);
    per_layer_share(pass, layer, index);
    backend.copy_rows(s.mixing, n_streams, layer.streams.others, 0, n_streams, n);
    backend.mix(s.streams, s.share, {s.mixing, n_streams, 1}, n, c.n_embd);
}

void join_streams(const Pass& pass, const Weights& weights)
{
    const auto& [backend, c, s, batch, n] = pass;
    float* first = s.former_streams;
    take_stream(pass, first, 0);
    take_stream(pass, s.x, 0);
    for (size_t i = 0; i < weights.join_streams.size(); ++i) {
        take_stream(pass, s.normed, static_cast<int64_t>(i) + 1);
        pass.project(s.share, s.normed, weights.join_streams[i]);
        backend.match_power(s.share, first, n, c.n_embd);
        backend.add(s.x, s.share, 1, pass.embedding_size());
    }
    backend.scale(s.x, 1 / static_cast<float>(c.streams.n), pass.embedding_size());
}

} // namespace rocmforge
