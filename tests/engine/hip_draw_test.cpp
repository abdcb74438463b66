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
    void tokensAreTheSamplers_data()
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
    void tokensAreTheSamplers()
    {
        QFETCH(QString, target);
        QFETCH(SamplingParameters, sampling);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        // Sizes around slices and around what the threads share; many equal logits; excluded tokens.
        int n = 0;
        for (const int vocabSize : {3, 1536, 1537, 5000}) {
            for (const float step : {0.0f, 0.5f}) {
                std::vector<float> logits = randomFloats(4 * vocabSize, 100 + unsigned(n), 8.0f);
                for (size_t i = 0; i < logits.size(); ++i) {
                    if (step > 0)
                        logits[i] = std::round(logits[i] / step) * step;
                    if (i % 7 == 3)
                        logits[i] = -infinity;
                }
                n += checkDraws(gpu, logits, vocabSize, sampling);
            }
        }
        QVERIFY(n > 0);
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
        const std::vector<int32_t> tokens = draw(gpu, logits, 3000, {.top_k = topK}, {{1, 2, 3}}, {});
        QCOMPARE(tokens, std::vector<int32_t>{-1});
    }

    void tokenNotYetKnownIsTheOneDrawnBefore()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        std::vector<float> logits(100);
        logits[42] = 5;
        QCOMPARE(draw(gpu, logits, 100, plain(0), {{1, 2, 3}}, {}), std::vector<int32_t>{42});
        // The token drawn is the one that the penalty finds.
        SamplingParameters penalized = plain(0);
        penalized.presence_penalty = 10;
        logits[7] = 4;
        QCOMPARE(draw(gpu, logits, 100, penalized, {{1, 2, drawn_token(0)}}, {}), std::vector<int32_t>{7});
    }

private:
    using Tokens = std::vector<int32_t>;

    /// Draws after the last token of each sequence.
    static Tokens draw(const EmulatedGpu& gpu, const std::vector<float>& logits, int vocabSize,
                       const SamplingParameters& sampling, const std::vector<Tokens>& sequences,
                       const std::vector<uint64_t>& seeds)
    {
        Tokens last;
        std::vector<int32_t> rows;
        std::vector<Draw> draws;
        for (size_t i = 0; i < sequences.size(); ++i) {
            const Tokens& tokens = sequences[i];
            last.push_back(tokens.back());
            rows.push_back(int32_t(i));
            std::span<const int32_t> window = std::span(tokens).first(tokens.size() - 1);
            if (sampling.penalty_window >= 0)
                window =
                    window.last(std::min(window.size(), size_t(std::max(sampling.penalty_window - 1, 0))));
            draws.push_back({&sampling, window, seeds.empty() ? 0 : seeds[i], tokens.size()});
        }
        Batch batch;
        batch.tokens = last;
        batch.positions = last;
        batch.output_rows = rows;
        batch.draws = draws;
        Backend& backend = gpu.backend();
        if (!backend.replay(batch, {})) {
            backend.draw(gpu.put(logits), batch, vocabSize);
            backend.finish();
        }
        const auto drawn = backend.drawn();
        return drawn ? Tokens(drawn->begin(), drawn->end()) : Tokens();
    }

    int checkDraws(const EmulatedGpu& gpu, const std::vector<float>& logits, int vocabSize,
                   const SamplingParameters& sampling)
    {
        const auto nRows = int(logits.size()) / vocabSize;
        std::vector<Tokens> sequences;
        std::vector<uint64_t> seeds;
        Tokens expected;
        for (int row = 0; row < nRows; ++row) {
            Tokens& tokens = sequences.emplace_back();
            for (int i = 0; i < 50 * row + 1; ++i)
                tokens.push_back((i * i * 31 + row) % vocabSize);
            seeds.push_back(uint64_t(row) * 0x123456789abcdefu + uint64_t(vocabSize));
            const auto token =
                sampler_.sample(std::span(logits).subspan(size_t(row * vocabSize), size_t(vocabSize)), tokens,
                                sampling, seeds.back());
            expected.push_back(token.value_or(-1));
        }
        const Tokens got = draw(gpu, logits, vocabSize, sampling, sequences, seeds);
        if (got != expected)
            qWarning("vocabulary of %d", vocabSize);
        QTest::qCompare(got, expected, "drawn", "the sampler's", __FILE__, __LINE__);
        return nRows;
    }

    Sampler sampler_;
};

QTEST_GUILESS_MAIN(HipDrawTest)
#include "hip_draw_test.moc"
