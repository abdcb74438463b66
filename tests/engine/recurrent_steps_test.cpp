// The steps of recurrent layers, on the scalar reference and at every SIMD level, against their
// definitions restated in double precision over whole sequences.
#include "cpu_testing.h"

#include "support/golden.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int n_tokens = 23;
constexpr int n_slots = 3;
constexpr int state_slots[] = {2, 0}; ///< of the two sequences that every test runs side by side
constexpr int n_sequences = 2;

/// (n_sequences, n_tokens, width)
struct Matrix {
    int64_t width = 0;
    std::vector<float> values;

    Matrix(int64_t w, unsigned seed)
        : width(w)
        , values(randomFloats(n_sequences * n_tokens * w, seed))
    {
    }
    [[nodiscard]] const float* row(int sequence, int token) const
    {
        return values.data() + (sequence * n_tokens + token) * width;
    }
    /// Tokens first … first + n - 1 of both sequences, as a batch has them.
    [[nodiscard]] std::vector<float> rows(int first, int n) const
    {
        std::vector<float> result;
        for (int s = 0; s < n_sequences; ++s)
            result.insert(result.end(), row(s, first), row(s, first) + n * width);
        return result;
    }
};

/// One call of a step: the first token of both sequences, and how many.
using Call = std::function<std::vector<float>(const Batch& batch, int first, int n)>;

/// (n_sequences, n_tokens, width): the results of calls over chunks of the given sizes.
std::vector<float> inChunks(std::span<const int> chunks, int64_t width, const Call& call)
{
    std::vector<float> result(size_t(n_sequences * n_tokens * width));
    int first = 0;
    for (const int n : chunks) {
        std::vector<int32_t> tokens(size_t(n_sequences * n));
        std::vector<BatchSequence> sequences;
        for (int s = 0; s < n_sequences; ++s)
            sequences.push_back({s * n, n, first, {}, state_slots[s]});
        const std::vector<float> y = call({tokens, tokens, sequences, {}}, first, n);
        for (int s = 0; s < n_sequences; ++s)
            std::copy_n(y.data() + s * n * width, n * width, result.data() + (s * n_tokens + first) * width);
        first += n;
    }
    return result;
}

const std::vector<std::vector<int>> chunkings{{n_tokens}, {1, 2, 7, 1, 12}, std::vector<int>(n_tokens, 1)};

/// Slots full of what is no number: states before the first token are zero all the same.
struct States {
    std::vector<float> memory;
    StateSlots all;

    explicit States(int64_t size)
        : memory(size_t(n_slots * (size + 5)), std::numeric_limits<float>::quiet_NaN())
        , all{memory.data(), size + 5}
    {
    }
};

double silu(double x)
{
    return x / (1 + std::exp(-x));
}

double softplus(double x)
{
    return std::log(1 + std::exp(x));
}

/// One row per backend, in front of the columns of a test.
void addBackends(const std::function<void(const QByteArray& name, const std::string& backend)>& add)
{
    add("reference", "reference");
    for (const std::string& simd : simdLevels())
        add(simd.c_str(), simd);
}

std::unique_ptr<Backend> createBackend(const std::string& name)
{
    if (name == "reference")
        return std::make_unique<CpuReference>();
    return create_cpu_backend(2, name).value();
}

} // namespace

class RecurrentStepsTest : public QObject {
    Q_OBJECT

private slots:
    void convolutionSeesTheLastTokens_data();
    void convolutionSeesTheLastTokens();
    void selectiveScanFollowsItsDefinition_data();
    void selectiveScanFollowsItsDefinition();
    void deltaRuleFollowsItsDefinition_data();
    void deltaRuleFollowsItsDefinition();
};

void RecurrentStepsTest::convolutionSeesTheLastTokens_data()
{
    QTest::addColumn<std::string>("backend");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("kernel");
    QTest::addColumn<bool>("silu");
    addBackends([](const QByteArray& name, const std::string& backend) {
        QTest::newRow(name + " narrow") << backend << 3 << 2 << false;
        QTest::newRow(name + " whole vectors") << backend << 64 << 4 << true;
        QTest::newRow(name + " several tasks") << backend << 531 << 3 << true;
    });
}

void RecurrentStepsTest::convolutionSeesTheLastTokens()
{
    QFETCH(std::string, backend);
    QFETCH(int, width);
    QFETCH(int, kernel);
    QFETCH(bool, silu);
    const auto device = createBackend(backend);
    const Matrix x(width, 1);
    const auto weight = randomFloats(int64_t{width} * kernel, 2), bias = randomFloats(width, 3);
    const Convolution convolution{weight.data(), silu ? bias.data() : nullptr, kernel, width, silu};

    std::vector<float> expected;
    for (int s = 0; s < n_sequences; ++s)
        for (int t = 0; t < n_tokens; ++t)
            for (int i = 0; i < width; ++i) {
                double sum = silu ? bias[size_t(i)] : 0;
                for (int back = 0; back < kernel && back <= t; ++back)
                    sum += double(weight[size_t(i * kernel + kernel - 1 - back)])
                        * double(x.row(s, t - back)[i]);
                expected.push_back(float(silu ? ::silu(sum) : sum));
            }

    for (const auto& chunks : chunkings) {
        States states(convolution.state_size());
        const auto y = inChunks(chunks, width, [&](const Batch& batch, int first, int n) {
            const std::vector<float> rows = x.rows(first, n);
            std::vector<float> out(rows.size());
            device->short_convolution(out.data(), rows.data(), states.all, batch, convolution);
            return out;
        });
        QCOMPARE_LT(nmse(y, expected), 1e-12);
    }
}

void RecurrentStepsTest::selectiveScanFollowsItsDefinition_data()
{
    QTest::addColumn<std::string>("backend");
    QTest::addColumn<SelectiveScan>("scan");
    addBackends([](const QByteArray& name, const std::string& backend) {
        SelectiveScan mamba{.n_heads = 37, .head_dim = 1, .n_state = 16, .n_groups = 1, .a_width = 16};
        SelectiveScan mamba2{.n_heads = 6, .head_dim = 5, .n_state = 20, .n_groups = 2, .a_width = 1};
        QTest::newRow(name + " rates for each state") << backend << mamba;
        QTest::newRow(name + " a rate for each head") << backend << mamba2;
    });
}

void RecurrentStepsTest::selectiveScanFollowsItsDefinition()
{
    QFETCH(std::string, backend);
    QFETCH(SelectiveScan, scan);
    const auto device = createBackend(backend);
    const int H = scan.n_heads, P = scan.head_dim, N = scan.n_state, groups = scan.n_groups;
    const Matrix xbc(H * P + 2 * groups * N, 1), dt(H, 2);
    auto a = randomFloats(int64_t{H} * scan.a_width, 3);
    std::ranges::transform(a, a.begin(), [](float value) { return -std::abs(value) - 0.01f; });
    const auto d = randomFloats(H, 4), dt_bias = randomFloats(H, 5);
    scan.a = a.data();
    scan.d = d.data();
    scan.dt_bias = dt_bias.data();

    std::vector<float> expected;
    for (int s = 0; s < n_sequences; ++s) {
        std::vector<double> state(size_t(H * P * N));
        for (int t = 0; t < n_tokens; ++t)
            for (int hp = 0; hp < H * P; ++hp) {
                const int h = hp / P;
                const float* b = xbc.row(s, t) + H * P + h / (H / groups) * N;
                const double step = softplus(dt.row(s, t)[h] + dt_bias[size_t(h)]);
                const double x = xbc.row(s, t)[hp];
                double y = d[size_t(h)] * x;
                for (int n = 0; n < N; ++n) {
                    const double rate = a[size_t(scan.a_width == 1 ? h : h * N + n)];
                    double& value = state[size_t(hp * N + n)];
                    value = std::exp(step * rate) * value + step * b[n] * x;
                    y += value * b[groups * N + n];
                }
                expected.push_back(float(y));
            }
    }

    for (const auto& chunks : chunkings) {
        States states(scan.state_size());
        const auto y = inChunks(chunks, H * P, [&](const Batch& batch, int first, int n) {
            const auto rows = xbc.rows(first, n), steps = dt.rows(first, n);
            const float* b = rows.data() + H * P;
            std::vector<float> out(size_t(n_sequences * n * H * P));
            device->selective_scan(out.data(),
                                   {rows.data(), xbc.width, b, b + groups * N, xbc.width, steps.data()},
                                   states.all, batch, scan);
            return out;
        });
        QCOMPARE_LT(nmse(y, expected), 1e-12);
    }
}

void RecurrentStepsTest::deltaRuleFollowsItsDefinition_data()
{
    QTest::addColumn<std::string>("backend");
    QTest::addColumn<DeltaRule>("rule");
    addBackends([](const QByteArray& name, const std::string& backend) {
        const DeltaRule rule{.n_k_heads = 2, .n_v_heads = 6, .k_head_dim = 24, .v_head_dim = 40};
        DeltaRule alternating = rule;
        alternating.sharing = KeySharing::alternating;
        QTest::newRow(name + " consecutive heads share") << backend << rule;
        QTest::newRow(name + " alternating heads share") << backend << alternating;
    });
}

void RecurrentStepsTest::deltaRuleFollowsItsDefinition()
{
    QFETCH(std::string, backend);
    QFETCH(DeltaRule, rule);
    const auto device = createBackend(backend);
    const int K = rule.k_head_dim, V = rule.v_head_dim, H = rule.n_v_heads, n_k = rule.n_k_heads;
    const Matrix qkv(2 * n_k * K + H * V, 1), alpha(H, 2), beta(H, 3);
    auto a = randomFloats(H, 4);
    std::ranges::transform(a, a.begin(), [](float value) { return -std::abs(value) - 0.01f; });
    const auto dt_bias = randomFloats(H, 5);
    rule.a = a.data();
    rule.dt_bias = dt_bias.data();
    rule.eps = 1e-6f;

    std::vector<float> expected;
    for (int s = 0; s < n_sequences; ++s) {
        std::vector<std::vector<double>> state(size_t(H), std::vector<double>(size_t(K * V)));
        for (int t = 0; t < n_tokens; ++t)
            for (int h = 0; h < H; ++h) {
                const int key = rule.sharing == KeySharing::consecutive ? h / (H / n_k) : h % n_k;
                const float* q = qkv.row(s, t) + key * K;
                const float* k = q + n_k * K;
                const float* v = qkv.row(s, t) + 2 * n_k * K + h * V;
                const double q_length = std::sqrt(std::inner_product(q, q + K, q, 0.0));
                const double k_length = std::sqrt(std::inner_product(k, k + K, k, 0.0));
                const double decay =
                    std::exp(a[size_t(h)] * softplus(alpha.row(s, t)[h] + dt_bias[size_t(h)]));
                const double share = 1 / (1 + std::exp(-double(beta.row(s, t)[h])));
                std::vector<double>& S = state[size_t(h)]; // (K, V)
                for (int j = 0; j < V; ++j) {
                    double remembered = 0, y = 0;
                    for (int i = 0; i < K; ++i)
                        remembered += (S[size_t(i * V + j)] *= decay) * k[i] / k_length;
                    for (int i = 0; i < K; ++i) {
                        S[size_t(i * V + j)] += k[i] / k_length * share * (v[j] - remembered);
                        y += S[size_t(i * V + j)] * q[i] / q_length / std::sqrt(double(K));
                    }
                    expected.push_back(float(y));
                }
            }
    }

    for (const auto& chunks : chunkings) {
        States states(rule.state_size());
        const auto y = inChunks(chunks, H * V, [&](const Batch& batch, int first, int n) {
            const auto rows = qkv.rows(first, n), alphas = alpha.rows(first, n), betas = beta.rows(first, n);
            std::vector<float> out(size_t(n_sequences * n * H * V));
            device->gated_delta_rule(out.data(), {rows.data(), alphas.data(), betas.data()}, states.all,
                                     batch, rule);
            return out;
        });
        QCOMPARE_LT(nmse(y, expected), 1e-12);
    }
}

QTEST_APPLESS_MAIN(RecurrentStepsTest)
#include "recurrent_steps_test.moc"
