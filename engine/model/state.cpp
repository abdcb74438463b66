#include "model/model.h"

#include <algorithm>
#include <utility>

namespace rocmforge {
namespace {

struct Buffer {
    float* Activations::* member;
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
        const int dense =
            layer.has_experts && config.experts.beside == BesideExperts::nothing ? 0 : layer.n_ff;
        return std::max({dense, config.experts.n_ff_shared, config.n_embd_per_layer});
    });
    const int64_t per_layer = int64_t{config.n_layers} * config.n_embd_per_layer;
    const LatentConfig& latent = config.latent;
    const RecurrentConfig& recurrent = config.recurrent;
    const int64_t gated_width = recurrent.inner > 0 ? recurrent.inner : recurrent.conv_width;
    const int64_t low_rank =
        std::max({int64_t{recurrent.dt_rank}, 2 * int64_t{recurrent.n_heads}, int64_t{config.streams.rank}});
    const int64_t n_streams = config.streams.n;
    const int64_t attn_gate =
        config.gated_attention ? widest([](const LayerConfig& layer) { return layer.q_width(); }) : 0;
    const bool norms_apart = config.experts.n_experts > 0 || n_streams > 0
        || std::ranges::any_of(config.layers, &LayerConfig::projects);
    const int64_t normed = norms_apart ? config.n_embd : 0;
    return {
        {&Activations::x, int64_t{config.n_embd} * max_tokens},
        {&Activations::share, int64_t{config.n_embd} * max_tokens},
        {&Activations::normed, normed * max_tokens},
        {&Activations::router, int64_t{config.experts.n_experts} * max_tokens},
        {&Activations::q, widest([](const LayerConfig& layer) { return layer.q_width(); })},
        {&Activations::k, widest([](const LayerConfig& layer) { return layer.k_width(); })},
        {&Activations::v, widest([](const LayerConfig& layer) { return layer.v_width(); })},
        {&Activations::y,
         std::max(widest([](const LayerConfig& layer) { return layer.y_width(); }),
                  gated_width * max_tokens)},
        {&Activations::q_gate, 2 * attn_gate},
        {&Activations::attn_gate, attn_gate},
        {&Activations::mixed, int64_t{recurrent.conv_width} * max_tokens},
        {&Activations::convolved, int64_t{recurrent.conv_width} * max_tokens},
        {&Activations::z, gated_width * max_tokens},
        {&Activations::time_step, int64_t{recurrent.n_heads} * max_tokens},
        {&Activations::beta, int64_t{recurrent.n_heads} * max_tokens},
        {&Activations::low_rank, low_rank * max_tokens},
        {&Activations::scan_b, recurrent.n_state * int64_t{max_tokens}},
        {&Activations::scan_c, recurrent.n_state * int64_t{max_tokens}},
        {&Activations::latent_q, int64_t{latent.q_rank} * max_tokens},
        {&Activations::latent_heads,
         config.n_heads * std::max<int64_t>(latent.head_dim(), latent.value_dim) * max_tokens},
        {&Activations::rotated_key, int64_t{latent.rotated_dim} * max_tokens},
        {&Activations::per_layer, per_layer * max_tokens},
        {&Activations::per_layer_share, per_layer * max_tokens},
        {&Activations::streams, n_streams * config.n_embd * max_tokens},
        {&Activations::former_streams, n_streams * config.n_embd * max_tokens},
        {&Activations::modalities, n_streams * max_tokens},
        {&Activations::mixing, n_streams * n_streams * max_tokens},
        {&Activations::h, ff},
        {&Activations::gate, ff},
        {&Activations::logits, config.has_output ? int64_t{config.vocab_size} * max_outputs : 0},
    };
}

constexpr int64_t float_bytes = sizeof(float);
constexpr int64_t route_bytes = sizeof(float) + sizeof(int32_t);

/// Of what goes from one device to another at a time: the residual stream with what layers read beside
/// it, or what experts read.
int64_t crossing_bytes(const Config& config, int max_tokens)
{
    const int64_t per_layer = int64_t{config.n_layers} * config.n_embd_per_layer;
    const int64_t width = int64_t{config.n_embd} * std::max(config.streams.n, 1);
    return max_tokens * ((width + per_layer) * float_bytes + config.experts.n_used * route_bytes);
}

Result<Activations> allocate(Backend& backend, const Config& config, int max_tokens, int max_outputs)
{
    Activations activations;
    for (const Buffer& buffer : buffers(config, max_tokens, max_outputs)) {
        TRY(void* memory, backend.allocate(buffer.size * float_bytes));
        activations.*buffer.member = static_cast<float*>(memory);
    }
    const int64_t n_routes = int64_t{config.experts.n_used} * max_tokens;
    TRY(void* experts, backend.allocate(n_routes * int64_t{sizeof(int32_t)}));
    TRY(void* weights, backend.allocate(n_routes * float_bytes));
    activations.routes = {static_cast<int32_t*>(experts), static_cast<float*>(weights)};
    return activations;
}

} // namespace

int64_t state_bytes(const Config& config, int max_tokens, int max_outputs)
{
    int64_t bytes = 0;
    for (const Buffer& buffer : buffers(config, max_tokens, max_outputs))
        bytes += buffer.size * float_bytes;
    return bytes + int64_t{config.experts.n_used} * max_tokens * route_bytes;
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
    for (size_t i = 0; i < backends_.size(); ++i) {
        const auto device = static_cast<int>(i);
        if (!placement_.uses(device)) {
            state.devices.emplace_back();
            continue;
        }
        const Config part = placement_.part(config_, device);
        TRY(Activations activations, allocate(*backends_[i], part, max_tokens, max_outputs));
        state.devices.push_back(activations);
    }
    if (!placement_.is_on_one())
        state.crossing.resize(static_cast<size_t>(crossing_bytes(config_, max_tokens)));
    state.host_output.resize(static_cast<size_t>(
        std::max(int64_t{config_.vocab_size} * max_outputs, int64_t{config_.n_embd} * max_tokens)));
    return state;
}

} // namespace rocmforge
