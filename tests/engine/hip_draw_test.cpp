#include "cpu_testing.h"
#include "emulated_gpu.h"
#include "sampling/sampler.h"

#include <limits>
#include <numeric>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

SamplingParameters plain(float temperature)
{
    return {.temperature = temperature, .top_k = 0, .top_p = 1, .min_p = 0};
}

} // namespace

/// Tokens drawn on the GPU are those that the engine's own sampler draws.
class HipDrawTest : public QObject {
    Q_OBJECT

private slots:
    void tokensAreTheSamplers_data() { addSettings(); }
    void tokensAreTheSamplers()
    {
        QFETCH(QString, target);
        QFETCH(SamplingParameters, sampling);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        const int n = forEachLogits([&](const std::vector<float>& logits, int vocabSize) {
            const std::vector<Row> rows = rowsOf(logits, vocabSize, sampling);
            checkDraws(gpu, logits, vocabSize, rows);
        });
        QVERIFY(n > 0);
    }

    /// Rows that ask for none are in between.
    void candidatesAreTheSamplers_data() { addSettings(); }
    void candidatesAreTheSamplers()
    {
        QFETCH(QString, target);
        QFETCH(SamplingParameters, sampling);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        const int n = forEachLogits([&](const std::vector<float>& logits, int vocabSize) {
            std::vector<Row> rows = rowsOf(logits, vocabSize, sampling);
            rows[0].nCandidates = max_token_candidates;
            rows[2].nCandidates = 5;
            rows[3].nCandidates = max_token_candidates;
            checkDraws(gpu, logits, vocabSize, rows);
        });
        QVERIFY(n > 0);
    }

    void candidatesTakeTwoLaunchesWhereTheyAreAskedFor()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        const std::vector<float> logits = randomFloats(2 * 100, 1, 8.0f);
        const auto nLaunches = [&](int nCandidates) {
            std::vector<Row> rows = rowsOf(logits, 100, plain(1));
            rows[1].nCandidates = nCandidates;
            const int before = EmulatedGpu::nLaunches();
            static_cast<void>(draw(gpu, logits, 100, rows));
            return EmulatedGpu::nLaunches() - before;
        };
        QCOMPARE(nLaunches(0), 2);
        QCOMPARE(nLaunches(1), 4);
    }

    void unusableLogitsGiveNoToken_data()
    {
        QTest::addColumn<float>("value");
        QTest::addColumn<bool>("everywhere");
        QTest::addColumn<int>("topK");
        for (const int topK : {40, 0}) {
            QTest::addRow("NaN, top-k %d", topK) << std::numeric_limits<float>::quiet_NaN() << false << topK;
            QTest::addRow("infinity, top-k %d", topK) << infinity << false << topK;
            QTest::addRow("all excluded, top-k %d", topK) << -infinity << true << topK;
        }
    }
    void unusableLogitsGiveNoToken()
    {
        QFETCH(float, value);
        QFETCH(bool, everywhere);
        QFETCH(int, topK);
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        std::vector<float> logits(3000, everywhere ? value : 1.0f);
        logits[2000] = value;
        Row row{{.top_k = topK}, {1, 2, 3}};
        row.nCandidates = 10;
        const std::vector<DrawnToken> drawn = draw(gpu, logits, 3000, {row});
        QCOMPARE(drawn.at(0).token, -1);
        QVERIFY(drawn.at(0).candidates.empty());
    }

    void tokenNotYetKnownIsTheOneDrawnBefore()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        std::vector<float> logits(100);
        logits[42] = 5;
        QCOMPARE(drawOne(gpu, logits, plain(0), {1, 2, 3}), 42);
        // The token drawn is the one that the penalty finds.
        SamplingParameters penalized = plain(0);
        penalized.presence_penalty = 10;
        logits[7] = 4;
        QCOMPARE(drawOne(gpu, logits, penalized, {1, 2, drawn_token(0)}), 7);
    }

private:
    using Tokens = std::vector<int32_t>;

    /// A sequence whose next token is drawn.
    struct Row {
        SamplingParameters sampling;
        Tokens tokens;
        uint64_t seed = 0;
        int nCandidates = 0;
    };

    static void addSettings()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<SamplingParameters>("sampling");
        const auto add = [](const char* name, const SamplingParameters& sampling) {
            for (const char* target : emulatedTargets)
                QTest::addRow("%s %s", target, name) << target << sampling;
        };
        add("greedy", plain(0));
        add("temperature", plain(0.7f));
        add("hot", plain(3.0f));
        add("defaults", {});
        add("top-k 1", {.temperature = 1, .top_k = 1});
        add("top-k 64", {.temperature = 1, .top_k = 64, .top_p = 1, .min_p = 0});
        add("top-k 200", {.temperature = 1, .top_k = 200, .top_p = 0.9f, .min_p = 0.01f});
        add("top-k beyond the vocabulary", {.temperature = 1, .top_k = 1'000'000, .top_p = 1, .min_p = 0});
        add("top-p", {.temperature = 1, .top_k = 0, .top_p = 0.6f, .min_p = 0});
        add("top-p 0", {.temperature = 1, .top_k = 0, .top_p = 0, .min_p = 0});
        add("min-p", {.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0.2f});
        add("penalties",
            {.temperature = 1,
             .top_k = 20,
             .repetition_penalty = 1.3f,
             .presence_penalty = 0.5f,
             .frequency_penalty = 0.25f,
             .penalty_window = 40});
        add("greedy with penalties on all",
            {.temperature = 0, .repetition_penalty = 2.0f, .frequency_penalty = 1.0f, .penalty_window = -1});
    }

    /// Sizes around slices and around what the threads share; many equal logits; excluded tokens.
    template <typename Function> static int forEachLogits(Function function)
    {
        int n = 0;
        for (const int vocabSize : {3, 1536, 1537, 5000}) {
            for (const float step : {0.0f, 0.5f}) {
                std::vector<float> logits = randomFloats(4 * vocabSize, 100 + unsigned(n++), 8.0f);
                for (size_t i = 0; i < logits.size(); ++i) {
                    if (step > 0)
                        logits[i] = std::round(logits[i] / step) * step;
                    if (i % 7 == 3)
                        logits[i] = -infinity;
                }
                function(logits, vocabSize);
            }
        }
        return n;
    }

    /// One for each row of logits.
    static std::vector<Row> rowsOf(const std::vector<float>& logits, int vocabSize,
                                   const SamplingParameters& sampling)
    {
        std::vector<Row> rows;
        for (int r = 0; r < int(logits.size()) / vocabSize; ++r) {
            Row& row =
                rows.emplace_back(Row{sampling, {}, uint64_t(r) * 0x123456789abcdefu + uint64_t(vocabSize)});
            for (int i = 0; i < 50 * r + 1; ++i)
                row.tokens.push_back((i * i * 31 + r) % vocabSize);
        }
        return rows;
    }

    /// Draws after the last token of each sequence.
    static std::vector<DrawnToken> draw(const EmulatedGpu& gpu, const std::vector<float>& logits,
                                        int vocabSize, const std::vector<Row>& rows)
    {
        Tokens last;
        std::vector<int32_t> outputs;
        std::vector<Draw> draws;
        for (const Row& row : rows) {
            last.push_back(row.tokens.back());
            outputs.push_back(int32_t(outputs.size()));
            const int most = row.sampling.penalty_window;
            std::span<const int32_t> window = std::span(row.tokens).first(row.tokens.size() - 1);
            if (most >= 0)
                window = window.last(std::min(window.size(), size_t(std::max(most - 1, 0))));
            draws.push_back({&row.sampling, window, row.seed, row.tokens.size(), row.nCandidates});
        }
        Batch batch;
        batch.tokens = last;
        batch.positions = last;
        batch.output_rows = outputs;
        batch.draws = draws;
        Backend& backend = gpu.backend();
        if (!backend.replay(batch, {})) {
            backend.draw(gpu.put(logits), batch, vocabSize);
            backend.finish();
        }
        const auto drawn = backend.drawn();
        return drawn ? std::vector<DrawnToken>(drawn->begin(), drawn->end()) : std::vector<DrawnToken>();
    }

    static int32_t drawOne(const EmulatedGpu& gpu, const std::vector<float>& logits,
                           const SamplingParameters& sampling, const Tokens& tokens)
    {
        return draw(gpu, logits, int(logits.size()), {Row{sampling, tokens}}).at(0).token;
    }

    void checkDraws(const EmulatedGpu& gpu, const std::vector<float>& logits, int vocabSize,
                    const std::vector<Row>& rows)
    {
        const std::vector<DrawnToken> got = draw(gpu, logits, vocabSize, rows);
        QCOMPARE(got.size(), rows.size());
        for (size_t r = 0; r < rows.size(); ++r) {
            const std::span own = std::span(logits).subspan(r * size_t(vocabSize), size_t(vocabSize));
            const Row& row = rows[r];
            const DrawnToken expected =
                sampler_.sample_with_candidates(own, row.tokens, row.sampling, row.seed, row.nCandidates)
                    .value_or(DrawnToken{});
            QVERIFY2(isSame(got[r], expected), qPrintable(QString("row %1 of %2").arg(r).arg(vocabSize)));
        }
    }

    static bool isSame(const DrawnToken& a, const DrawnToken& b)
    {
        return a.token == b.token && isNear(a.probability, b.probability)
            && std::ranges::equal(
                   a.candidates, b.candidates, [](const TokenCandidate& x, const TokenCandidate& y) {
                       return x.token == y.token && x.kept == y.kept && isNear(x.probability, y.probability);
                   });
    }

    static bool isNear(float a, float b) { return std::abs(a - b) <= 1e-5f; }

    Sampler sampler_;
};

QTEST_GUILESS_MAIN(HipDrawTest)
#include "hip_draw_test.moc"
