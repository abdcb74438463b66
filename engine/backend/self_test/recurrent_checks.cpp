// The steps of recurrent layers: some tokens at once, then one, in two sequences side by side.
#include "backend/self_test/checks.h"

namespace rocmforge::self_test {
namespace {

constexpr int n_sequences = 2;
constexpr int n_slots = 3;
constexpr int chunks[] = {6, 1};

/// The same rows in each sequence, in slots that are not in their order.
struct Rows {
    Rows(int n_past, int n)
        : tokens(static_cast<size_t>(n_sequences * n))
        , sequences{{0, n, n_past, {}, 2}, {n, n, n_past, {}, 0}}
    {
    }
    [[nodiscard]] Batch batch() const { return {tokens, tokens, sequences, {}}; }
    [[nodiscard]] int64_t size() const { return static_cast<int64_t>(tokens.size()); }

    std::vector<int32_t> tokens;
    std::vector<BatchSequence> sequences;
};

/// step(y, states, rows) over the chunks; outputs and the states at the end are kept.
template <typename Step> void run_chunks(Trial& trial, int64_t state_size, int64_t width, Step step)
{
    const StateSlots states{trial.zeros(n_slots * state_size), state_size};
    int n_past = 0;
    for (const int n : chunks) {
        const Rows rows(n_past, n);
        float* y = trial.zeros(rows.size() * width);
        trial.run([&](Backend& backend) { backend.begin(rows.batch()); });
        step(y, states, rows);
        trial.keep(y, rows.size() * width);
        n_past += n;
    }
    trial.keep(states.data, state_size);
    trial.keep(states.at(2), state_size);
}

void check_convolution(Trial& trial)
{
    constexpr int width = 300, kernel = 4;
    const Convolution convolution{trial.random(width * kernel, 1), trial.random(width, 2), kernel, width,
                                  true};
    run_chunks(trial, convolution.state_size(), width,
               [&](float* y, const StateSlots& states, const Rows& rows) {
                   const float* x = trial.random(rows.size() * width, 3);
                   trial.run([&](Backend& backend) {
                       backend.short_convolution(y, x, states, rows.batch(), convolution);
                   });
               });
}

void check_scan(Trial& trial)
{
    SelectiveScan scan{.n_heads = 6, .head_dim = 10, .n_state = 130, .n_groups = 2};
    const std::vector<float> a{-0.1f, -0.2f, -0.5f, -1.0f, -1.5f, -2.0f};
    scan.a = trial.put(a);
    scan.d = trial.random(scan.n_heads, 1);
    const int64_t width = int64_t{scan.n_heads} * scan.head_dim,
                  group_width = int64_t{scan.n_groups} * scan.n_state;
    run_chunks(trial, scan.state_size(), width, [&](float* y, const StateSlots& states, const Rows& rows) {
        const ScanInputs in{trial.random(rows.size() * width, 2),
                            width,
                            trial.random(rows.size() * group_width, 3),
                            trial.random(rows.size() * group_width, 4),
                            group_width,
                            trial.random(rows.size() * scan.n_heads, 5, 3)};
        trial.run([&](Backend& backend) { backend.selective_scan(y, in, states, rows.batch(), scan); });
    });
}

void check_delta_rule(Trial& trial)
{
    DeltaRule rule{.n_k_heads = 2, .n_v_heads = 4, .k_head_dim = 70, .v_head_dim = 12};
    const std::vector<float> a{-0.1f, -0.5f, -1.0f, -2.0f};
    rule.a = trial.put(a);
    rule.dt_bias = trial.random(rule.n_v_heads, 1);
    rule.eps = 1e-6f;
    const int64_t width = 2 * rule.k_width() + rule.v_width();
    run_chunks(
        trial, rule.state_size(), rule.v_width(), [&](float* y, const StateSlots& states, const Rows& rows) {
            const DeltaInputs in{trial.random(rows.size() * width, 2),
                                 trial.random(rows.size() * rule.n_v_heads, 3),
                                 trial.random(rows.size() * rule.n_v_heads, 4)};
            trial.run([&](Backend& backend) { backend.gated_delta_rule(y, in, states, rows.batch(), rule); });
        });
}

} // namespace

std::vector<Check> recurrent_checks()
{
    return {
        {"short convolution", float_tolerance, check_convolution},
        {"selective scan", float_tolerance, check_scan},
        {"gated delta rule", float_tolerance, check_delta_rule},
    };
}

} // namespace rocmforge::self_test
