// Rotation, the KV cache and attention: what follows a prompt that is in the cache.
#include "backend/self_test/checks.h"

#include <numeric>

namespace rocmforge::self_test {
namespace {

/// A layer and how many tokens it is given at a time.
struct Layer {
    const char* name = "";
    KvType type = KvType::f16;
    int n_heads = 4;
    int n_kv_heads = 2;
    int n_prompt = 0;
    int n_new = 1; ///< after the prompt
    RopePairing pairing = RopePairing::half_split;
    int window = 0;
    float soft_cap = 0;
    bool sinks = false;
    int head_dim = 64;
};

constexpr Layer layers[] = {
    {.name = "F16, prompt", .n_new = 45},
    {.name = "F32, prompt", .type = KvType::f32, .n_new = 45, .pairing = RopePairing::interleaved},
    {.name = "F16, one token", .n_kv_heads = 4, .n_prompt = 40},
    {.name = "F32, one token", .type = KvType::f32, .n_kv_heads = 4, .n_prompt = 40},
    {.name = "F16, shared heads", .n_heads = 8, .n_prompt = 40},
    {.name = "F32, shared heads", .type = KvType::f32, .n_heads = 8, .n_prompt = 40},
    {.name = "Q8_0, prompt", .type = KvType::q8_0, .n_new = 45},
    {.name = "Q8_0, one token", .type = KvType::q8_0, .n_kv_heads = 4, .n_prompt = 40},
    {.name = "Q8_0, shared heads", .type = KvType::q8_0, .n_heads = 8, .n_prompt = 40},
    {.name = "F16, prompt, long heads", .n_new = 45, .head_dim = 128},
    {.name = "Q8_0, prompt, long heads", .type = KvType::q8_0, .n_new = 45, .head_dim = 128},
    {.name = "Q8_0, some tokens, long heads",
     .type = KvType::q8_0,
     .n_prompt = 40,
     .n_new = 7,
     .head_dim = 128},
    {.name = "F16, prompt, longest heads", .n_new = 45, .head_dim = 256},
    {.name = "Q8_0, prompt, longest heads", .type = KvType::q8_0, .n_new = 45, .head_dim = 256},
    {.name = "F16, prompt, split", .n_kv_heads = 1, .n_prompt = 130, .n_new = 45},
    {.name = "F16, many shared heads", .n_heads = 8, .n_kv_heads = 1, .n_prompt = 290},
    {.name = "split over a long context", .n_kv_heads = 1, .n_prompt = 300},
    {.name = "window, sinks and soft cap",
     .n_prompt = 50,
     .n_new = 9,
     .window = 20,
     .soft_cap = 2,
     .sinks = true},
};

/// Consecutive tokens of one sequence, whose pages are not in their natural order.
struct Tokens {
    Tokens(int n_past, int n)
        : positions(static_cast<size_t>(n))
        , pages(static_cast<size_t>((n_past + n + page_tokens - 1) / page_tokens))
        , sequence{0, n, n_past, pages}
    {
        std::iota(positions.begin(), positions.end(), n_past);
        for (size_t i = 0; i < pages.size(); ++i)
            pages[i] = static_cast<int32_t>(i ^ 1);
    }
    [[nodiscard]] Batch batch() const { return {positions, positions, {&sequence, 1}, {}}; }

    std::vector<int32_t> positions;
    std::vector<int32_t> pages;
    BatchSequence sequence;
};

KvLayer make_cache(Trial& trial, const Layer& layer)
{
    KvLayer kv{nullptr, nullptr, layer.type, layer.n_kv_heads, layer.head_dim, layer.head_dim};
    const int64_t n_pages = (layer.n_prompt + layer.n_new) / page_tokens + 2;
    kv.k = trial.zeros<std::byte>(n_pages * kv.k_page_bytes());
    kv.v = trial.zeros<std::byte>(n_pages * kv.v_page_bytes());
    return kv;
}

Rope make_rope(Trial& trial, const Layer& layer)
{
    const std::vector<float> frequencies{1.0f, 0.5f, 0.25f, 0.1f, 0.03f, 0.01f, 0.001f, 0.0001f};
    Rope rope{.pairing = layer.pairing, .n_rot = 16, .frequencies = trial.put(frequencies)};
    rope.q_norm.weight = trial.random(layer.head_dim, 1, 2);
    rope.k_norm.weight = trial.random(layer.head_dim, 2, 2);
    return rope;
}

/// Appends tokens to the cache; the rotated queries.
float* append(Trial& trial, const Layer& layer, const KvLayer& kv, const Rope& rope, const Tokens& tokens)
{
    const auto n = static_cast<int64_t>(tokens.positions.size());
    const auto seed = static_cast<unsigned>(tokens.positions.front() + 10);
    float* q = trial.random(n * layer.n_heads * layer.head_dim, seed, 2);
    float* k = trial.random(n * layer.n_kv_heads * layer.head_dim, seed + 1, 2);
    const float* v = trial.random(n * layer.n_kv_heads * layer.head_dim, seed + 2);
    trial.run([&](Backend& backend) {
        backend.begin(tokens.batch());
        backend.rope_append(q, k, v, kv, tokens.batch(), rope, layer.n_heads);
    });
    return q;
}

/// The queries, and what attention makes of them, are kept.
void attend(Trial& trial, const Layer& layer, const KvLayer& kv, const Tokens& tokens, const float* q)
{
    const int64_t size = std::ssize(tokens.positions) * layer.n_heads * layer.head_dim;
    float* y = trial.zeros(size);
    Attention attention{.n_heads = layer.n_heads, .scale = 0.125f, .window = layer.window};
    attention.soft_cap = layer.soft_cap;
    attention.sinks = layer.sinks ? trial.random(layer.n_heads, 3) : nullptr;
    trial.run([&](Backend& backend) { backend.attention(y, q, kv, tokens.batch(), attention); });
    trial.keep(q, size);
    trial.keep(y, size);
}

void check_layer(Trial& trial, const Layer& layer)
{
    const KvLayer kv = make_cache(trial, layer);
    const Rope rope = make_rope(trial, layer);
    const Tokens prompt(0, layer.n_prompt), tokens(layer.n_prompt, layer.n_new);
    if (layer.n_prompt > 0)
        append(trial, layer, kv, rope, prompt);
    attend(trial, layer, kv, tokens, append(trial, layer, kv, rope, tokens));
}

/// A product of what attention made, which may read it rounded.
void check_output(Trial& trial)
{
    constexpr Layer layer{.n_prompt = 40};
    constexpr int64_t width = layer.n_heads * layer.head_dim, n_out = 33;
    const KvLayer kv = make_cache(trial, layer);
    const Rope rope = make_rope(trial, layer);
    const Tokens prompt(0, layer.n_prompt), token(layer.n_prompt, 1);
    append(trial, layer, kv, rope, prompt);
    const float* q = append(trial, layer, kv, rope, token);
    const Weight weight = trial.matrix(Format::q8_0, width, n_out, 1);
    float* y = trial.zeros(width);
    float* x = trial.zeros(n_out);
    const Attention attention{.n_heads = layer.n_heads, .scale = 0.125f};
    trial.run([&](Backend& backend) {
        backend.attention(y, q, kv, token.batch(), attention);
        backend.project_residual(x, y, weight, nullptr, 1, 1, nullptr);
    });
    trial.keep(x, n_out);
}

} // namespace

std::vector<Check> attention_checks()
{
    std::vector<Check> checks;
    for (const Layer& layer : layers)
        checks.push_back({std::string("rotation, cache and attention: ") + layer.name, product_tolerance,
                          [&layer](Trial& trial) { check_layer(trial, layer); }});
    checks.push_back({"attention and its output", rounding_tolerance, check_output});
    return checks;
}

} // namespace rocmforge::self_test
