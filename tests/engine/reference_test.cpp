// The scalar reference against values worked out by hand.
#include "backend/cpu/reference.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

using namespace rocmforge;

namespace {

bool close(std::span<const float> actual, std::initializer_list<double> expected)
{
    const auto near = [](float a, double b) { return std::abs(a - b) <= 1e-6 * std::max(1.0, std::abs(b)); };
    return std::ranges::equal(actual, expected, near);
}

} // namespace

class ReferenceTest : public QObject {
    Q_OBJECT

private slots:
    void rmsNormDividesByTheRootMeanSquare()
    {
        const std::array x{3.0f, 4.0f}, weight{2.0f, 1.0f};
        std::array<float, 2> y{};
        backend_.norm(y.data(), x.data(), {.weight = weight.data(), .eps = 0.5f}, 1, 2);
        const double root = std::sqrt(12.5 + 0.5);
        QVERIFY(close(y, {6 / root, 4 / root}));
    }

    void layerNormRemovesTheMean()
    {
        const std::array x{1.0f, 5.0f}, weight{3.0f, 3.0f}, bias{10.0f, 20.0f};
        std::array<float, 2> y{};
        backend_.norm(y.data(), x.data(), {weight.data(), bias.data(), 0, NormKind::layer}, 1, 2);
        QVERIFY(close(y, {10 - 3, 20 + 3}));
    }

    void normGroupsTakeTurns()
    {
        const std::array x{1.0f, 1.0f, 1.0f, 1.0f};
        const std::array weight{1.0f, 2.0f};
        std::array<float, 4> y{};
        backend_.norm(y.data(), x.data(), {.weight = weight.data(), .eps = 0, .groups = 2}, 4, 1);
        QVERIFY(close(y, {1, 2, 1, 2}));
    }

    void projectionAddsItsBiasAndClamps()
    {
        const Weight weight = matrix({1, 2, 3, 4, 5, 6}, 3, 2);
        const std::array x{1.0f, 1.0f, 1.0f};
        const std::array bias{0.5f, 0.5f};
        std::array<float, 2> y{};
        const Projection projection{y.data(), &weight, bias.data(), 10};
        backend_.project({&projection, 1}, x.data(), nullptr, 1);
        QVERIFY(close(y, {6.5, 10}));
    }

    void residualIsScaled()
    {
        const Weight weight = matrix({2}, 1, 1);
        float x = 1;
        const float y = 3, bias = 1;
        backend_.project_residual(&x, &y, weight, &bias, 0.5f, 1, nullptr);
        QCOMPARE(x, 1 + 0.5f * (2 * 3 + 1));
    }

    void rotationTurnsPairs_data()
    {
        QTest::addColumn<int>("pairing");
        QTest::addColumn<QList<float>>("rotated");
        // A quarter turn takes (a, b) to (-b, a); the last two dimensions are not rotated.
        QTest::newRow("neighbours") << int(RopePairing::interleaved) << QList<float>{-2, 1, -4, 3, 5, 6};
        QTest::newRow("halves") << int(RopePairing::half_split) << QList<float>{-3, -4, 1, 2, 5, 6};
        QTest::newRow("none") << int(RopePairing::none) << QList<float>{1, 2, 3, 4, 5, 6};
    }
    void rotationTurnsPairs()
    {
        QFETCH(int, pairing);
        QFETCH(QList<float>, rotated);
        const std::array quarter_turns{float(std::numbers::pi / 2), float(std::numbers::pi / 2)};
        std::array<float, 6> q{1, 2, 3, 4, 5, 6};
        Cache cache(backend_, {1, 6, 6});
        rope_append(cache, q, {RopePairing(pairing), 4, quarter_turns.data()}, 1);
        for (qsizetype i = 0; i < rotated.size(); ++i)
            QVERIFY(std::abs(q[size_t(i)] - rotated[i]) < 1e-6);
    }

    void normsOfHeadsGoBeforeOrAfterTheRotation()
    {
        const std::array quarter_turn{float(std::numbers::pi / 2)};
        const std::array weight{1.0f, 10.0f};
        Rope rope{RopePairing::interleaved, 2, quarter_turn.data()};
        rope.q_norm = {.weight = weight.data(), .eps = 0};
        std::array<float, 2> before{1, 1}, after{1, 1};
        Cache cache(backend_, {1, 2, 2});
        rope_append(cache, before, rope, 1);
        rope.norm_order = NormOrder::after_rotation;
        rope_append(cache, after, rope, 1);
        QVERIFY(close(before, {-10, 1}));
        QVERIFY(close(after, {-1, 10}));
    }

    void attentionWeighsValuesBySoftmax()
    {
        QVERIFY(close(attend({.n_heads = 1, .scale = 1}), {mean({0, 1, 2}, {10, 20, 30})}));
    }

    void windowHidesWhatIsOlder()
    {
        QVERIFY(close(attend({.n_heads = 1, .scale = 1, .window = 2}), {mean({1, 2}, {20, 30})}));
    }

    void softCapBoundsScores()
    {
        const auto capped = [](double score) { return 1.5 * std::tanh(score / 1.5); };
        QVERIFY(close(attend({.n_heads = 1, .scale = 1, .soft_cap = 1.5f}),
                      {mean({capped(0), capped(1), capped(2)}, {10, 20, 30})}));
    }

    void sinkTakesItsShareOfTheSoftmax()
    {
        const float sink = 1;
        QVERIFY(
            close(attend({.n_heads = 1, .scale = 1, .sinks = &sink}), {mean({0, 1, 2, 1}, {10, 20, 30, 0})}));
    }

    void alibiPrefersWhatIsNear()
    {
        const float slope = 0.5f;
        QVERIFY(close(attend({.n_heads = 1, .scale = 1, .alibi_slopes = &slope}),
                      {mean({0 - 1, 1 - 0.5, 2}, {10, 20, 30})}));
    }

    void gatedFeedForwardMultipliesGateAndUp()
    {
        const Weight gate = matrix({1}, 1, 1), up = matrix({3}, 1, 1);
        const float x = 2, one = 1;
        float h = 0;
        backend_.gated_ffn(&h, &x, gate, up, {.weight = &one, .eps = 0}, Activation::silu, 1);
        QVERIFY(std::abs(h - 3 / (1 + std::exp(-1.0))) < 1e-6);
    }

    void logitsAreOfTheOutputRowsOnly()
    {
        const Weight weight = matrix({1, 2}, 1, 2);
        const std::array x{1.0f, 1.0f, -1.0f};
        const std::array<int32_t, 3> tokens{};
        const std::array<int32_t, 2> rows{0, 2};
        std::array<float, 4> out{};
        backend_.logits(out.data(), x.data(), {tokens, tokens, {}, rows}, {.eps = 0}, weight, 0.5f);
        QVERIFY(close(out, {0.5, 1, -0.5, -1}));
    }

    void routingChoosesTheBestExperts_data()
    {
        QTest::addColumn<int>("gating");
        QTest::addColumn<bool>("normalized");
        QTest::addColumn<double>("first");
        QTest::addColumn<double>("second");
        const double all = std::exp(1) + std::exp(2) + std::exp(0), chosen = std::exp(1) + std::exp(2);
        const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
        QTest::newRow("softmax") << int(Gating::softmax) << false << std::exp(2) / all << std::exp(1) / all;
        QTest::newRow("normalized") << int(Gating::softmax) << true << std::exp(2) / chosen
                                    << std::exp(1) / chosen;
        QTest::newRow("sigmoid") << int(Gating::sigmoid) << false << sigmoid(2) << sigmoid(1);
        QTest::newRow("softmax of chosen")
            << int(Gating::softmax_of_chosen) << false << std::exp(2) / chosen << std::exp(1) / chosen;
    }
    void routingChoosesTheBestExperts()
    {
        QFETCH(int, gating);
        QFETCH(bool, normalized);
        QFETCH(double, first);
        QFETCH(double, second);
        const auto [experts, weights] = route(
            {.n_experts = 3, .n_used = 2, .gating = Gating(gating), .normalized = normalized}, {1, 2, 0});
        QCOMPARE(experts, (std::vector<int32_t>{1, 0}));
        QVERIFY(close(weights, {first, second}));
    }

    void selectionBiasChangesTheChoiceButNotTheWeights()
    {
        const std::array bias{0.0f, 0.0f, 5.0f};
        const auto [experts, weights] = route({.n_experts = 3,
                                               .n_used = 1,
                                               .gating = Gating::sigmoid,
                                               .selection_bias = bias.data(),
                                               .normalized = false},
                                              {1, 2, 0});
        QCOMPARE(experts, (std::vector<int32_t>{2}));
        QVERIFY(close(weights, {0.5}));
    }

    void expertsComeFromTheBestGroups()
    {
        // The best single expert is in the worse group.
        const auto [experts, weights] =
            route({.n_experts = 4, .n_used = 2, .gating = Gating::sigmoid, .n_groups = 2, .n_groups_used = 1},
                  {3, -5, 2, 2});
        QCOMPARE(experts, (std::vector<int32_t>{2, 3}));
    }

private:
    /// One layer's cache of two pages, used in reverse order.
    struct Cache {
        KvLayer kv;
        std::array<int32_t, 2> pages{1, 0};

        Cache(Backend& backend, std::array<int, 3> shape)
        {
            kv.type = KvType::f32;
            kv.n_kv_heads = shape[0];
            kv.k_head_dim = shape[1];
            kv.v_head_dim = shape[2];
            kv.k = *backend.allocate(2 * kv.k_page_bytes());
            kv.v = *backend.allocate(2 * kv.v_page_bytes());
        }
    };

    /// Rotates one query and key at `position`, the first token of its sequence.
    template <size_t n>
    void rope_append(Cache& cache, std::array<float, n>& q, const Rope& rope, int32_t position)
    {
        std::array<float, n> k{}, v{};
        const BatchSequence sequence{0, 1, 0, cache.pages};
        const int32_t token = 0;
        backend_.rope_append(q.data(), k.data(), v.data(), cache.kv,
                             {{&token, 1}, {&position, 1}, {&sequence, 1}, {}}, rope, 1);
    }

    /// A query of 1 over keys 0, 1, 2 and values 10, 20, 30 that lie across two pages, preceded by others.
    std::vector<float> attend(Attention attention)
    {
        constexpr int n_past = page_tokens - 2;
        if (attention.window == 0)
            attention.window = 3;
        Cache cache(backend_, {1, 1, 1});
        std::vector<float> q(n_past + 3, 1), k(n_past + 3, 100), v(n_past + 3, 100), y(n_past + 3);
        for (size_t i = 0; i < 3; ++i) {
            k[n_past + i] = float(i);
            v[n_past + i] = float(10 * (i + 1));
        }
        std::vector<int32_t> positions(q.size());
        std::iota(positions.begin(), positions.end(), 0);
        const BatchSequence sequence{0, int(q.size()), 0, cache.pages};
        const Batch batch{positions, positions, {&sequence, 1}, {}};
        backend_.rope_append(q.data(), k.data(), v.data(), cache.kv, batch, {RopePairing::none}, 1);
        backend_.attention(y.data(), q.data(), cache.kv, batch, attention);
        return {y.back()};
    }

    static double mean(std::vector<double> scores, const std::vector<double>& values)
    {
        double sum = 0, weighted = 0;
        for (size_t i = 0; i < scores.size(); ++i) {
            sum += std::exp(scores[i]);
            weighted += std::exp(scores[i]) * values[i];
        }
        return weighted / sum;
    }

    std::pair<std::vector<int32_t>, std::vector<float>> route(const Routing& routing,
                                                              std::vector<float> logits)
    {
        std::vector<int32_t> experts(size_t(routing.n_used));
        std::vector<float> weights(size_t(routing.n_used));
        backend_.moe_route({experts.data(), weights.data()}, logits.data(), routing, 1);
        return {experts, weights};
    }

    Weight matrix(std::vector<float> values, int64_t n_in, int64_t n_out)
    {
        const auto data = backend_.upload_vector(values);
        return *backend_.upload_matrix(Format::f32, n_in, n_out,
                                       std::as_bytes(std::span(*data, values.size())));
    }

    CpuReference backend_;
};

QTEST_APPLESS_MAIN(ReferenceTest)
#include "reference_test.moc"
