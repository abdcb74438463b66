#include "model/blocks/alternating_updates.h"
#include "model/blocks/layer.h"
#include "model/blocks/passes.h"
#include "model/blocks/per_layer_embedding.h"
#include "model/finite.h"
#include "model/model.h"

#include <algorithm>
#include <utility>

namespace rocmforge {
namespace {

/// Named, or drawn after an output row of the pass before where the model draws.
bool token_exists(int32_t token, const Config& config, const State& state, bool draws)
{
    return token < config.vocab_size && token >= (draws ? drawn_token(state.max_outputs - 1) : 0);
}

Status check(const Batch& batch, const State& state, const Config& config, bool draws, bool learned_positions)
{
    const int max_outputs = batch.output == BatchOutput::logits ? state.max_outputs : state.max_tokens;
    if (batch.n_tokens() > state.max_tokens || batch.n_outputs() > max_outputs)
        return fail(ErrorKind::invalid_request,
                    "A step of " + std::to_string(batch.n_tokens()) + " tokens with "
                        + std::to_string(batch.n_outputs()) + " outputs is more than the state holds.");
    const auto exists = [&](int32_t token) { return token_exists(token, config, state, draws); };
    if (!std::ranges::all_of(batch.tokens, exists))
        return fail(ErrorKind::invalid_request,
                    "The prompt names a token that the model's vocabulary of "
                        + std::to_string(config.vocab_size) + " does not have.");
    if (!config.has_output && batch.output == BatchOutput::logits)
        return fail(ErrorKind::unsupported, "This model makes embeddings of texts; it gives no logits.",
                    "Choose a model that chats.");
    const auto begins = [](const BatchSequence& sequence) { return sequence.n_past == 0; };
    if (!config.causal && !std::ranges::all_of(batch.sequences, begins))
        return fail(ErrorKind::invalid_request, "This model reads a text as a whole, not in parts.");
    const auto learned = [&](int32_t position) { return position < config.n_ctx_train; };
    if (learned_positions && !std::ranges::all_of(batch.positions, learned))
        return fail(ErrorKind::context_full,
                    "The model has learned positions for " + std::to_string(config.n_ctx_train)
                        + " tokens only.",
                    "Start a new chat, or shorten this one.");
    return {};
}

Status check_slots(const Batch& batch, const RecurrentCache& recurrent, const Config& config)
{
    if (config.recurrent.kind == RecurrentKind::none)
        return {};
    for (const BatchSequence& sequence : batch.sequences)
        if (sequence.slot < 0 || sequence.slot >= recurrent.n_slots())
            return fail(ErrorKind::invalid_request,
                        "A sequence has no slot for the states of the model's recurrent layers.");
    return {};
}

void embed(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.embed(s.x, w.token_embd, batch.tokens, c.embedding_scale);
    if (w.position_embd) {
        backend.embed(s.share, w.position_embd, batch.positions, 1);
        backend.add(s.x, s.share, 1, pass.embedding_size());
    }
    if (w.token_type)
        backend.add_bias(s.x, w.token_type, n, c.n_embd);
    if (w.token_embd_norm.weight)
        backend.norm(s.x, s.x, w.token_embd_norm, n, c.n_embd);
    if (w.per_layer_embd)
        per_layer_embedding(pass, w);
    if (!w.spread_streams.empty())
        spread_streams(pass, w);
}

void logits(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    backend.logits(s.logits, s.x, batch, w.output_norm, w.output, c.logit_scale);
    if (w.output_bias)
        backend.add_bias(s.logits, w.output_bias, batch.n_outputs(), c.vocab_size);
    if (c.logit_soft_cap > 0)
        backend.soft_cap(s.logits, c.logit_soft_cap, int64_t{batch.n_outputs()} * c.vocab_size);
}

/// state.share (n_outputs, n_embd) = the last states of the output rows.
void last_states(const Pass& pass, const Weights& w)
{
    const auto& [backend, c, s, batch, n] = pass;
    float* to = s.share;
    for (const int64_t row : batch.output_rows) {
        backend.copy_rows(to, c.n_embd, s.x + row * c.n_embd, c.n_embd, c.n_embd, 1);
        to += c.n_embd;
    }
    if (w.output_norm.weight)
        backend.norm(s.share, s.share, w.output_norm, batch.n_outputs(), c.n_embd);
}

} // namespace

Backend& Model::output_backend() const
{
    return *backends_[static_cast<size_t>(placement_.output())];
}

bool Model::draws() const
{
    return placement_.is_on_one() && output_backend().draws();
}

Result<std::span<const DrawnToken>> Model::drawn() const
{
    return output_backend().drawn();
}

Status Model::enqueue(State& state, const KvCache& cache, const Batch& batch,
                      const RecurrentCache& recurrent) const
{
    TRY_STATUS(check(batch, state, config_, draws(), bool(weights_.position_embd)));
    TRY_STATUS(check_slots(batch, recurrent, config_));
    Passes passes(backends_, placement_, config_, state, batch);
    const PassMemory memory{weights_.token_embd.data, passes.on(placement_.output()).state.x, cache.memory(),
                            recurrent.memory()};
    if (passes.replay(memory))
        return {};
    const Status status = take_steps(passes, cache, recurrent);
    passes.finish(status);
    return status;
}

Status Model::take_steps(Passes& passes, const KvCache& cache, const RecurrentCache& recurrent) const
{
    embed(passes.on(placement_.embedding()), weights_);
    TRY_STATUS(run_layers(passes, cache, recurrent));
    if (!weights_.join_streams.empty())
        join_streams(passes.on(placement_.output()), weights_);
    give_output(passes.on(placement_.output()));
    return {};
}

Status Model::run_layers(Passes& passes, const KvCache& cache, const RecurrentCache& recurrent) const
{
    int device = placement_.embedding();
    for (int l = 0; l < config_.n_layers; ++l) {
        const auto index = static_cast<size_t>(l);
        const Layer& layer = weights_.layers[index];
        TRY_STATUS(passes.move(std::exchange(device, placement_.layers[index]), placement_.layers[index]));
        const LayerMemory memory{cache.layer(config_.layers[index].kv_layer),
                                 layer.is_recurrent ? &recurrent.layer(l) : nullptr};
        TRY_STATUS(run_layer(passes, {device, placement_.experts[index]}, layer, l, memory));
    }
    return {};
}

void Model::give_output(const Pass& pass) const
{
    if (pass.batch.output == BatchOutput::states)
        return last_states(pass, weights_);
    logits(pass, weights_);
    if (!pass.batch.draws.empty())
        pass.backend.draw(pass.state.logits, pass.batch, config_.vocab_size);
}

Result<std::span<const float>> Model::forward(State& state, const KvCache& cache, const Batch& batch,
                                              const RecurrentCache& recurrent) const
{
    TRY_STATUS(enqueue(state, cache, batch, recurrent));
    const Activations& activations = state.devices[static_cast<size_t>(placement_.output())];
    if (batch.output == BatchOutput::states)
        return download(state, activations.share, int64_t{batch.n_outputs()} * config_.n_embd);
    return download(state, activations.logits, int64_t{batch.n_outputs()} * config_.vocab_size);
}

Result<std::span<const float>> Model::download(State& state, const float* output, int64_t n) const
{
    const std::span values(state.host_output.data(), static_cast<size_t>(n));
    output_backend().download(values.data(), output, static_cast<int64_t>(values.size_bytes()));
    TRY_STATUS(output_backend().synchronize());
    if (!all_finite(values))
        return fail(ErrorKind::non_finite_weights, "The model computed values that are not numbers.",
                    "Its file may be damaged: download it again or choose another conversion.");
    return values;
}

} // namespace rocmforge
