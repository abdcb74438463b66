// Mixtures of experts, and matrices per head.
#include "backend/self_test/checks.h"

#include <algorithm>

namespace rocmforge::self_test {
namespace {

constexpr int n_experts = 12;
constexpr int n_used = 3;
constexpr int n_tokens = 4;
constexpr int many_tokens = 70; ///< whose columns are sorted by experts

void check_routing(Trial& trial, Gating gating, int n_groups)
{
    Routing routing{n_experts, n_used, gating, trial.random(n_experts, 1, 0.2f), n_groups};
    routing.n_groups_used = n_groups > 1 ? n_groups / 2 : 1;
    routing.scale = 2.5f;
    const float* logits = trial.random(n_tokens * n_experts, 2, 2);
    const Routes routes{trial.zeros<int32_t>(n_tokens * n_used), trial.zeros(n_tokens * n_used)};
    trial.run([&](Backend& backend) { backend.moe_route(routes, logits, routing, n_tokens); });
    trial.keep(routes.experts, n_tokens * n_used);
    trial.keep(routes.weights, n_tokens * n_used);
}

void check_experts(Trial& trial, Format format, int n, float swiglu_limit)
{
    const int64_t n_embd = std::max(64, format_info(format).block_weights), n_ff = n_embd;
    std::vector<Expert> experts(n_experts);
    for (unsigned seed = 1; Expert & expert : experts) {
        expert.gate.weight = trial.matrix(format, n_embd, n_ff, seed++);
        expert.up.weight = trial.matrix(format, n_embd, n_ff, seed++);
        expert.down.weight = trial.matrix(format, n_ff, n_embd, seed++);
    }
    // Routes as a router would choose them: no token takes an expert twice.
    const Routing routing{.n_experts = n_experts, .n_used = n_used};
    const float* logits = trial.random(n * n_experts, 2, 2);
    const float* x = trial.whole(n * n_embd, 3);
    const Routes routes{trial.zeros<int32_t>(n * n_used), trial.zeros(n * n_used)};
    float* y = trial.zeros(n * n_embd);
    const Experts mixture{experts, n_used, Activation::silu, swiglu_limit};
    trial.run([&](Backend& backend) {
        backend.moe_route(routes, logits, routing, n);
        backend.moe_ffn(y, x, mixture, routes, n);
    });
    trial.keep(y, n * n_embd);
}

void check_heads(Trial& trial)
{
    constexpr int64_t n_in = 64, n_out = 40;
    std::vector<Weight> heads(3);
    for (unsigned h = 0; h < 3; ++h)
        heads[h] = trial.matrix(Format::q8_0, n_in, n_out, h + 1);
    const float* x = trial.whole(n_tokens * 3 * n_in, 4);
    float* out = trial.zeros(n_tokens * 3 * n_out);
    trial.run([&](Backend& backend) { backend.project_heads(out, n_out, x, n_in, heads, n_tokens); });
    trial.keep(out, n_tokens * 3 * n_out);
}

Check routing(const char* name, Gating gating, int n_groups = 1)
{
    return {std::string("choice of experts, ") + name, float_tolerance,
            [=](Trial& trial) { check_routing(trial, gating, n_groups); }};
}

Check experts(const std::string& name, Format format, int n = n_tokens, float swiglu_limit = 0)
{
    return {"experts " + name, rounding_tolerance,
            [=](Trial& trial) { check_experts(trial, format, n, swiglu_limit); }};
}

} // namespace

std::vector<Check> expert_checks()
{
    std::vector<Check> checks{
        routing("softmax", Gating::softmax),
        routing("sigmoid, in groups", Gating::sigmoid, 4),
        routing("softmax of the chosen", Gating::softmax_of_chosen),
        routing("sigmoid of the chosen", Gating::sigmoid_of_chosen),
        {"matrices per head", product_tolerance, check_heads},
    };
    for (const Format format : code_formats)
        checks.push_back(experts(std::string(format_info(format).name), format));
    checks.push_back(experts("MXFP4, clamped", Format::mxfp4, n_tokens, 7));
    checks.push_back(experts("Q4_K, many tokens", Format::q4_k, many_tokens));
    return checks;
}

} // namespace rocmforge::self_test
