// The default steps of mixtures of experts: scalar choice, and products by project().
#include "backend/backend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace rocmforge {
namespace {

void softmax(std::span<float> scores)
{
    const float largest = std::ranges::max(scores);
    double sum = 0;
    for (float& score : scores)
        sum += score = std::exp(score - largest);
    for (float& score : scores)
        score = static_cast<float>(score / sum);
}

void sigmoid(std::span<float> scores)
{
    for (float& score : scores)
        score = 1 / (1 + std::exp(-score));
}

/// Indices of the n largest, best first; the lower index of equals.
std::vector<int32_t> largest(std::span<const float> scores, int n)
{
    std::vector<int32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    const auto better = [&](int32_t a, int32_t b) {
        const float score_a = scores[static_cast<size_t>(a)];
        const float score_b = scores[static_cast<size_t>(b)];
        return score_a != score_b ? score_a > score_b : a < b;
    };
    std::partial_sort(order.begin(), order.begin() + n, order.end(), better);
    order.resize(static_cast<size_t>(n));
    return order;
}

/// Takes the experts of all but the best groups out of the choice.
void keep_best_groups(std::span<float> scores, const Routing& routing)
{
    const size_t group_size = scores.size() / static_cast<size_t>(routing.n_groups);
    const auto group = [&](size_t g) { return scores.subspan(g * group_size, group_size); };
    std::vector<float> group_scores;
    for (size_t g = 0; g < static_cast<size_t>(routing.n_groups); ++g) {
        group_scores.push_back(0);
        for (const int32_t best : largest(group(g), std::min<int>(2, static_cast<int>(group_size))))
            group_scores.back() += group(g)[static_cast<size_t>(best)];
    }
    const std::vector<int32_t> kept = largest(group_scores, routing.n_groups_used);
    for (size_t g = 0; g < group_scores.size(); ++g)
        if (std::ranges::find(kept, static_cast<int32_t>(g)) == kept.end())
            std::ranges::fill(group(g), -std::numeric_limits<float>::infinity());
}

std::vector<int32_t> choose(std::span<const float> scores, const Routing& routing)
{
    std::vector<float> selection(scores.begin(), scores.end());
    if (routing.selection_bias)
        for (size_t e = 0; e < selection.size(); ++e)
            selection[e] += routing.selection_bias[e];
    if (routing.n_groups > 1)
        keep_best_groups(selection, routing);
    return largest(selection, routing.n_used);
}

/// The smallest sum that weights are divided by: a half-precision number's smallest normal one.
constexpr float smallest_sum = 6.103515625e-5f;

void weigh(std::span<float> weights, std::span<const int32_t> chosen, const Routing& routing)
{
    if (routing.gating == Gating::softmax_of_chosen)
        softmax(weights);
    if (routing.gating == Gating::sigmoid_of_chosen)
        sigmoid(weights);
    if (routing.normalized) {
        const float sum = std::max(smallest_sum, std::accumulate(weights.begin(), weights.end(), 0.0f));
        for (float& weight : weights)
            weight /= sum;
    }
    for (size_t i = 0; i < weights.size(); ++i) {
        weights[i] *= routing.scale;
        if (routing.expert_scales)
            weights[i] *= routing.expert_scales[chosen[i]];
    }
}

/// The tokens that one expert works on, with their rows gathered.
struct ExpertShare {
    std::vector<int> tokens;
    std::vector<float> weights;
};

std::vector<ExpertShare> shares_by_expert(const Experts& experts, const Routes& routes, int n_tokens)
{
    std::vector<ExpertShare> shares(experts.experts.size());
    for (int i = 0; i < n_tokens * experts.n_used; ++i) {
        ExpertShare& share = shares[static_cast<size_t>(routes.experts[i])];
        share.tokens.push_back(i / experts.n_used);
        share.weights.push_back(routes.weights[i]);
    }
    return shares;
}

std::vector<float> gather(const float* x, int64_t width, const ExpertShare& share, bool weighted)
{
    std::vector<float> rows;
    for (size_t i = 0; i < share.tokens.size(); ++i) {
        const float* row = x + share.tokens[i] * width;
        const float weight = weighted ? share.weights[i] : 1;
        std::transform(row, row + width, std::back_inserter(rows), [&](float v) { return v * weight; });
    }
    return rows;
}

/// (n_tokens, n_ff) that the expert's down reads.
std::vector<float> gated_rows(Backend& backend, const Expert& expert, const Experts& experts,
                              std::span<const float> x, int n_tokens)
{
    std::vector<float> gate(static_cast<size_t>(n_tokens * expert.up.weight.n_out)), up(gate.size());
    const Projection gate_up[] = {{up.data(), &expert.up.weight, expert.up.bias},
                                  {gate.data(), &expert.gate.weight, expert.gate.bias}};
    const bool gated = bool(expert.gate.weight);
    const auto size = static_cast<int64_t>(up.size());
    backend.project(std::span(gate_up).first(gated ? 2 : 1), x.data(), nullptr, n_tokens);
    if (experts.swiglu_limit > 0)
        backend.clamped_swiglu(up.data(), gate.data(), up.data(), experts.swiglu_limit, size);
    else if (gated)
        backend.activate(up.data(), gate.data(), up.data(), experts.activation, size);
    else
        backend.activate(up.data(), up.data(), nullptr, experts.activation, size);
    return up;
}

/// (n_tokens, n_embd) of the expert's outputs for the rows x.
std::vector<float> run_expert(Backend& backend, const Expert& expert, const Experts& experts,
                              std::span<const float> x, int n_tokens)
{
    const std::vector<float> up = gated_rows(backend, expert, experts, x, n_tokens);
    std::vector<float> y(x.size());
    const Projection down{y.data(), &expert.down.weight, expert.down.bias};
    backend.project({&down, 1}, up.data(), nullptr, n_tokens);
    return y;
}

} // namespace

void Backend::moe_route(const Routes& routes, const float* logits, const Routing& routing, int n_tokens)
{
    const auto n_experts = static_cast<size_t>(routing.n_experts);
    const auto n_used = static_cast<size_t>(routing.n_used);
    for (size_t token = 0; token < static_cast<size_t>(n_tokens); ++token) {
        std::vector<float> scores(logits + token * n_experts, logits + (token + 1) * n_experts);
        if (routing.gating == Gating::softmax)
            softmax(scores);
        if (routing.gating == Gating::sigmoid)
            sigmoid(scores);
        const std::vector<int32_t> chosen = choose(scores, routing);
        const std::span weights(routes.weights + token * n_used, n_used);
        std::ranges::copy(chosen, routes.experts + token * n_used);
        std::ranges::transform(chosen, weights.begin(),
                               [&](int32_t e) { return scores[static_cast<size_t>(e)]; });
        weigh(weights, chosen, routing);
    }
}

void Backend::moe_ffn(float* y, const float* x, const Experts& experts, const Routes& routes, int n_tokens)
{
    const int64_t width = experts.experts[0].down.weight.n_out;
    std::fill_n(y, n_tokens * width, 0.0f);
    const std::vector<ExpertShare> shares = shares_by_expert(experts, routes, n_tokens);
    const bool weighted_input = experts.weighting == ExpertWeighting::input;
    for (size_t e = 0; e < shares.size(); ++e) {
        const ExpertShare& share = shares[e];
        if (share.tokens.empty())
            continue;
        const int n = static_cast<int>(share.tokens.size());
        const std::vector<float> rows = gather(x, width, share, weighted_input);
        const std::vector<float> out = run_expert(*this, experts.experts[e], experts, rows, n);
        for (size_t i = 0; i < share.tokens.size(); ++i) {
            const float weight = weighted_input ? 1 : share.weights[i];
            for (int64_t j = 0; j < width; ++j)
                y[share.tokens[i] * width + j] +=
                    weight * out[i * static_cast<size_t>(width) + static_cast<size_t>(j)];
        }
    }
}

} // namespace rocmforge
