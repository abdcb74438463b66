// What whole passes need: steps that are replayed, and tokens drawn from logits.
#include "backend/self_test/checks.h"

#include "sampling/sampler.h"

#include <array>

namespace rocmforge::self_test {
namespace {

constexpr int vocab_size = 2000; ///< more than one workgroup looks at

/// A row of logits, what came before it, and how the token after it is drawn.
struct Row {
    SamplingParameters sampling;
    std::vector<int32_t> tokens;
    int n_candidates = 0;
};

/// Each sequence's last token is in the batch.
struct Pass {
    explicit Pass(std::span<const Row> rows)
    {
        for (const Row& row : rows) {
            const auto n = static_cast<int32_t>(row.tokens.size());
            output_rows.push_back(static_cast<int32_t>(tokens.size()));
            tokens.push_back(row.tokens.back());
            positions.push_back(n - 1);
            draws.push_back({&row.sampling, std::span(row.tokens).first(row.tokens.size() - 1),
                             seed_of(tokens.size() - 1), row.tokens.size(), row.n_candidates});
        }
    }
    [[nodiscard]] Batch batch() const
    {
        return {tokens, positions, {}, output_rows, BatchOutput::logits, draws};
    }
    static uint64_t seed_of(size_t row) { return 0x9e3779b97f4a7c15u * (row + 1); }

    std::vector<int32_t> tokens, positions, output_rows;
    std::vector<Draw> draws;
};

std::vector<float> logits_of(std::span<const Row> rows)
{
    return random_values(std::ssize(rows) * vocab_size, 1, 8);
}

/// By the engine's own sampler.
std::vector<DrawnToken> sampled(std::span<const Row> rows)
{
    const std::vector<float> logits = logits_of(rows);
    std::vector<DrawnToken> drawn;
    Sampler sampler;
    for (size_t r = 0; r < rows.size(); ++r) {
        const auto row = std::span(logits).subspan(r * vocab_size, vocab_size);
        drawn.push_back(sampler
                            .sample_with_candidates(row, rows[r].tokens, rows[r].sampling, Pass::seed_of(r),
                                                    rows[r].n_candidates)
                            .value_or(DrawnToken{}));
    }
    return drawn;
}

using Keep = void (Trial::*)(const Result<std::span<const DrawnToken>>&);

/// By the backend where it draws.
void check_pass(Trial& trial, std::span<const Row> rows, Keep keep = &Trial::keep_drawn)
{
    const Pass pass(rows);
    float* logits = trial.put(logits_of(rows));
    trial.run([&](Backend& backend) {
        if (!backend.draws())
            return (trial.*keep)(sampled(rows));
        if (!backend.replay(pass.batch(), {})) {
            backend.draw(logits, pass.batch(), vocab_size);
            backend.finish();
        }
        (trial.*keep)(backend.drawn());
    });
}

constexpr SamplingParameters greedy{.temperature = 0};
constexpr SamplingParameters penalized{.temperature = 0, .presence_penalty = 100};

void check_draws(Trial& trial)
{
    const std::array<Row, 4> rows{
        Row{greedy, {1}}, Row{{}, {1, 2}},
        Row{{.temperature = 0.7f, .top_k = 0, .top_p = 0.9f, .min_p = 0}, {1, 2, 3}},
        Row{{.top_k = 20, .repetition_penalty = 1.3f, .frequency_penalty = 0.25f}, {5, 5, 900, 1999}}};
    check_pass(trial, rows);
}

/// The rows' filters leave few of the most probable tokens, and some that are none of these.
constexpr std::array<SamplingParameters, 2> filters{
    SamplingParameters{.top_k = 10, .top_p = 1, .min_p = 0},
    SamplingParameters{.top_k = 0, .top_p = 0.1f, .min_p = 0}};

void check_candidates(Trial& trial)
{
    const std::array<Row, 2> rows{Row{filters[0], {1}, max_token_candidates}, Row{filters[1], {1, 2}, 5}};
    check_pass(trial, rows);
}

void check_probabilities(Trial& trial)
{
    const std::array<Row, 2> rows{Row{filters[0], {1}, 5}, Row{filters[1], {1, 2}, max_token_candidates}};
    check_pass(trial, rows, &Trial::keep_probabilities);
}

/// A penalty finds the token that the pass before drew, which the host need not know.
void check_unknown_token(Trial& trial)
{
    const Row first{greedy, {1}};
    check_pass(trial, {&first, 1});
    Row second{penalized, {1, drawn_token(0)}};
    trial.run([&](const Backend& backend) {
        if (!backend.draws())
            second.tokens.back() = sampled({&first, 1}).front().token;
    });
    check_pass(trial, {&second, 1});
}

/// The first pass makes what it needs, the second is recorded, the third replays it.
void check_recording(Trial& trial)
{
    constexpr int64_t n_in = 256, n_out = 33;
    const Weight table = trial.matrix(Format::f16, n_in, 4, 1),
                 weight = trial.matrix(Format::f16, n_in, n_out, 2);
    float* x = trial.zeros(n_in);
    float* y = trial.zeros(n_out);
    const Projection projection{y, &weight};
    for (int32_t token = 0; token < 3; ++token) {
        const BatchSequence sequence{0, 1, 0, {}};
        const Batch batch{{&token, 1}, {&token, 1}, {&sequence, 1}, {}};
        trial.run([&](Backend& backend) {
            if (backend.replay(batch, {}))
                return;
            backend.embed(x, table, batch.tokens, 1);
            backend.project({&projection, 1}, x, nullptr, 1);
            backend.finish();
        });
        trial.keep(y, n_out);
    }
}

} // namespace

std::vector<Check> pass_checks()
{
    return {
        {"recorded steps", product_tolerance, check_recording},
        {"drawing tokens", 0, check_draws},
        {"drawing after a token not yet known", 0, check_unknown_token},
        {"candidates for a token", 0, check_candidates},
        {"candidates' probabilities", float_tolerance, check_probabilities},
    };
}

} // namespace rocmforge::self_test
