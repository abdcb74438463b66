#include "model/model.h"

#include <algorithm>
#include <utility>

namespace rocmforge {
namespace {

struct Buffer {
    float* State::* member;
    int64_t size; ///< floats
};

/// The buffers of a state, each as wide as the widest layer needs.
std::vector<Buffer> buffers(const Config& config, int max_tokens, int max_outputs)
{
    const auto widest = [&](auto width) {
        int64_t result = 0;
        for (const LayerConfig& layer : config.layers)
            result = std::max<int64_t>(result, width(layer));
        return result * max_tokens;
    };
    const int64_t ff = widest([&](const LayerConfig& layer) {
        const int dense = layer.has_experts && !config.experts.beside_dense ? 0 : layer.n_ff;
        return std::max({dense, config.experts.n_ff_shared, config.n_embd_per_layer});
    });
    const int64_t per_layer = int64_t{config.n_layers} * config.n_embd_per_layer;
    const LatentConfig& latent = config.latent;
    const RecurrentConfig& recurrent = config.recurrent;
    const int64_t gated_width = recurrent.inner > 0 ? recurrent.inner : recurrent.conv_width;
    const int64_t low_rank = std::max<int64_t>(recurrent.dt_rank, 2 * int64_t{recurrent.n_heads});
    const int64_t attn_gate =
        config.gated_attention ? widest([](const LayerConfig& layer) { return layer.q_width(); }) : 0;
    const bool norms_apart =
        config.experts.n_experts > 0 || std::ranges::any_of(config.layers, &LayerConfig::projects);
    const int64_t normed = norms_apart ? config.n_embd : 0;
    return {
        {&State::x, int64_t{config.n_embd} * max_tokens},
        {&State::share, int64_t{config.n_embd} * max_tokens},
        {&State::normed, normed * max_tokens},
        {&State::router, int64_t{config.experts.n_experts} * max_tokens},
        {&State::q, widest([](const LayerConfig& layer) { return layer.q_width(); })},
        {&State::k, widest([](const LayerConfig& layer) { return layer.k_width(); })},
        {&State::v, widest([](const LayerConfig& layer) { return layer.v_width(); })},
        {&State::y,
         std::max(widest([](const LayerConfig& layer) { return layer.y_width(); }),
                  gated_width * max_tokens)},
        {&State::q_gate, 2 * attn_gate},
        {&State::attn_gate, attn_gate},
        {&State::mixed, int64_t{recurrent.conv_width} * max_tokens},
        {&State::convolved, int64_t{recurrent.conv_width} * max_tokens},
        {&State::z, gated_width * max_tokens},
        {&State::time_step, int64_t{recurrent.n_heads} * max_tokens},
        {&State::beta, int64_t{recurrent.n_heads} * max_tokens},
        {&State::low_rank, low_rank * max_tokens},
        {&State::scan_b, recurrent.n_state * int64_t{max_tokens}},
        {&State::scan_c, recurrent.n_state * int64_t{max_tokens}},
        {&State::latent_q, int64_t{latent.q_rank} * max_tokens},
        {&State::latent_heads,
         config.n_heads * std::max<int64_t>(latent.head_dim(), latent.value_dim) * max_tokens},
        {&State::rotated_key, int64_t{latent.rotated_dim} * max_tokens},
        {&State::per_layer, per_layer * max_tokens},
        {&State::per_layer_share, per_layer * max_tokens},
        {&State::h, ff},
        {&State::gate, ff},
        {&State::logits, config.has_output ? int64_t{config.vocab_size} * max_outputs : 0},
    };
}

constexpr int64_t float_bytes = sizeof(float);

} // namespace

int64_t state_bytes(const Config& config, int max_tokens, int max_outputs)
{
    int64_t bytes = 0;
    for (const Buffer& buffer : buffers(config, max_tokens, max_outputs))
        bytes += buffer.size * float_bytes;
    return bytes + int64_t{config.experts.n_used} * max_tokens * (float_bytes + int64_t{sizeof(int32_t)});
}

std::vector<int64_t> recurrent_state_sizes(const Config& config)
{
    std::vector<int64_t> sizes;
    sizes.reserve(config.layers.size());
    for (const LayerConfig& layer : config.layers)
        sizes.push_back(layer.recurrent ? config.recurrent.state_size() : 0);
    return sizes;
}

Result<State> Model::create_state(int max_tokens, int max_outputs) const
{
    State state;
    state.max_tokens = max_tokens;
    state.max_outputs = max_outputs;
    for (const Buffer& buffer : buffers(config_, max_tokens, max_outputs)) {
        TRY(void* memory, backend_->allocate(buffer.size * float_bytes));
        state.*buffer.member = static_cast<float*>(memory);
    }
    const int64_t n_routes = int64_t{config_.experts.n_used} * max_tokens;
    TRY(void* experts, backend_->allocate(n_routes * int64_t{sizeof(int32_t)}));
    TRY(void* weights, backend_->allocate(n_routes * float_bytes));
    state.routes = {static_cast<int32_t*>(experts), static_cast<float*>(weights)};
    state.host_output.resize(static_cast<size_t>(
        std::max(int64_t{config_.vocab_size} * max_outputs, int64_t{config_.n_embd} * max_tokens)));
    return state;
}

} // namespace rocmforge
