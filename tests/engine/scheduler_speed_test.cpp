// What the engine does around the forward pass must not be felt: prints the time per decode step and
// per sampled token.
#include "sampling/sampler.h"
#include "scheduler/scheduler.h"

#include "support/fake_model.h"

#include <QtTest>

#include <ctime>
#include <random>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// Processor time, so that a busy machine does not count.
double seconds()
{
    return double(std::clock()) / CLOCKS_PER_SEC;
}

/// The same logits for every row, at no cost.
class ConstantForward final : public ForwardPass {
public:
    explicit ConstantForward(int vocab_size)
        : vocab_size_(vocab_size)
        , logits_(size_t(32 * vocab_size))
    {
    }
    Result<std::span<const float>> run(const Batch& batch) override
    {
        return std::span(logits_).first(static_cast<size_t>(batch.n_outputs() * vocab_size_));
    }
    void copy_page(int32_t, int32_t) override { }
    void copy_state(int32_t, int32_t) override { }
    int vocab_size() const override { return vocab_size_; }

private:
    int vocab_size_;
    std::vector<float> logits_;
};

} // namespace

class SchedulerSpeedTest : public QObject {
    Q_OBJECT

private slots:
    void decodeStepsAreCheap_data();
    void decodeStepsAreCheap();
    void samplingALargeVocabularyIsCheap_data();
    void samplingALargeVocabularyIsCheap();
};

void SchedulerSpeedTest::decodeStepsAreCheap_data()
{
    QTest::addColumn<int>("running");
    for (const int running : {1, 4, 16})
        QTest::addRow("%d at once", running) << running;
}

void SchedulerSpeedTest::decodeStepsAreCheap()
{
    QFETCH(const int, running);
    constexpr int n_steps = 4000;
    const FakeTokenizer tokenizer(64);
    ConstantForward forward(64);
    Scheduler scheduler(forward, tokenizer, {.n_pages = 4096, .n_ctx = 8192, .max_running = running});
    size_t text_size = 0;
    for (int i = 0; i < running; ++i) {
        Request request{.prompt = std::vector<int32_t>(1000, i + 1), .max_tokens = n_steps + 100};
        request.ignore_stop_tokens = true;
        request.stop = {"\n\n", "END"};
        request.on_event = [&](const RequestEvent& event) { text_size += event.text.size(); };
        scheduler.submit(static_cast<RequestId>(i + 1), std::move(request));
    }
    while (text_size == 0)
        scheduler.step();
    for (int i = 0; i < 50; ++i)
        scheduler.step();
    const double begin = seconds();
    for (int i = 0; i < n_steps; ++i)
        scheduler.step();
    const double microseconds = (seconds() - begin) * 1e6 / n_steps;
    qInfo("%d at once: %.1f µs per decode step", running, microseconds);
    QVERIFY(microseconds < 50);
}

void SchedulerSpeedTest::samplingALargeVocabularyIsCheap_data()
{
    QTest::addColumn<SamplingParameters>("parameters");
    QTest::newRow("greedy") << SamplingParameters{.temperature = 0};
    QTest::newRow("defaults") << SamplingParameters{};
    QTest::newRow("defaults and a penalty") << SamplingParameters{.repetition_penalty = 1.1f};
    QTest::newRow("top-p alone") << SamplingParameters{
        .temperature = 1, .top_k = 0, .top_p = 0.95f, .min_p = 0};
    QTest::newRow("no filter") << SamplingParameters{.temperature = 1, .top_k = 0, .top_p = 1, .min_p = 0};
}

void SchedulerSpeedTest::samplingALargeVocabularyIsCheap()
{
    QFETCH(const SamplingParameters, parameters);
    constexpr int n_samples = 200;
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 3);
    std::vector<float> logits(150'000);
    std::ranges::generate(logits, [&] { return normal(random); });
    const std::vector<int32_t> tokens(1000, 5);
    Sampler sampler;
    const double begin = seconds();
    for (uint64_t seed = 0; seed < n_samples; ++seed)
        QVERIFY(sampler.sample(logits, tokens, parameters, seed).has_value());
    const double microseconds = (seconds() - begin) * 1e6 / n_samples;
    qInfo("%s: %.0f µs per token of 150000", QTest::currentDataTag(), microseconds);
    QVERIFY(microseconds < 5000);
}

QTEST_APPLESS_MAIN(SchedulerSpeedTest)
#include "scheduler_speed_test.moc"
