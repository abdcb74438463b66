#include "scheduler/embedding.h"

#include <algorithm>
#include <cmath>

namespace rocmforge {
namespace {

std::vector<float> mean(std::span<const float> states, size_t n_embd)
{
    const size_t n_tokens = states.size() / n_embd;
    std::vector<float> result;
    for (size_t i = 0; i < n_embd; ++i) {
        double sum = 0;
        for (size_t token = 0; token < n_tokens; ++token)
            sum += double(states[token * n_embd + i]);
        result.push_back(static_cast<float>(sum / double(n_tokens)));
    }
    return result;
}

} // namespace

Result<Pooling> choose_pooling(const EmbeddingOptions& options, const Config& config)
{
    const Pooling pooling = options.pooling.value_or(config.pooling.value_or(Pooling::mean));
    if (pooling == Pooling::rank)
        return fail(ErrorKind::unsupported, "This model sorts search results, which is not supported.",
                    "Choose an embedding model, or another pooling.");
    return pooling;
}

std::vector<float> pool(std::vector<float> states, size_t n_embd, Pooling pooling)
{
    const std::span all(states);
    switch (pooling) {
    case Pooling::mean:
        return mean(states, n_embd);
    case Pooling::cls:
        return {all.begin(), all.begin() + static_cast<ptrdiff_t>(n_embd)};
    case Pooling::last:
        return {all.end() - static_cast<ptrdiff_t>(n_embd), all.end()};
    case Pooling::none:
    case Pooling::rank:
        break;
    }
    return states;
}

void normalize(std::span<float> vectors, size_t n_embd)
{
    for (; !vectors.empty(); vectors = vectors.subspan(n_embd)) {
        const std::span vector = vectors.first(n_embd);
        double power = 0;
        for (const float value : vector)
            power += double(value) * double(value);
        const double factor = power > 0 ? 1 / std::sqrt(power) : 0;
        std::ranges::transform(vector, vector.begin(),
                               [factor](float value) { return static_cast<float>(value * factor); });
    }
}

Status check_chats(const Config& config)
{
    if (!config.makes_embeddings())
        return {};
    return fail(ErrorKind::unsupported, "This model makes embeddings of texts; it does not chat.",
                "Choose a chat model. Embeddings are made by 'rocmforge-cli embed'.");
}

} // namespace rocmforge
