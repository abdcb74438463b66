// Random requests at random times on caches and steps of random size. Whatever the schedule, every
// answer is the one its request gets from the bare model.
#include "scheduler/scheduler.h"

#include "support/answer.h"
#include "support/drawing_forward.h"

#include <QtTest>

#include <deque>
#include <random>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Tokens = std::vector<int32_t>;

constexpr int vocab_size = 53;

struct Expected {
    Tokens tokens;
    FinishReason reason = FinishReason::length;
};

/// The answer by definition: all tokens through the model, one after the other.
Expected answer_of(const Request& request, int n_ctx)
{
    const FakeTokenizer tokenizer(vocab_size);
    Sampler sampler;
    std::vector<float> logits(vocab_size);
    Tokens all = request.prompt;
    Expected expected;
    for (;;) {
        hashedLogits(all, logits);
        const int32_t token =
            sampler.sample(logits, all, request.sampling, request.sampling.seed.value_or(0)).value();
        if (tokenizer.is_end(token)) {
            expected.reason = FinishReason::stop_token;
            return expected;
        }
        all.push_back(token);
        expected.tokens.push_back(token);
        if (std::ssize(expected.tokens) == request.max_tokens)
            return expected;
        if (std::ssize(all) >= n_ctx) {
            expected.reason = FinishReason::context_full;
            return expected;
        }
    }
}

/// Draws everything about one run from one seed.
class Chance {
public:
    explicit Chance(unsigned seed)
        : random_(seed)
    {
    }
    int operator()(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
    bool percent(int p) { return (*this)(0, 99) < p; }

private:
    std::mt19937 random_;
};

} // namespace

class SchedulerRandomTest : public QObject {
    Q_OBJECT

private:
    struct Job {
        RequestId id;
        Request request;
        Answer answer;
        bool cancelled = false;
    };

    static SchedulerOptions randomOptions(Chance& chance, bool hasStates)
    {
        return {.n_pages = chance(4, 40),
                .n_slots = hasStates ? chance(1, 12) : 0,
                .n_ctx = chance(60, 300),
                .max_rows = chance(1, 80),
                .max_running = chance(1, 10)};
    }
    /// Often begins like an earlier request, or like an earlier request and its answer.
    static Request randomRequest(Chance& chance, const std::deque<Job>& jobs, int n_ctx)
    {
        Request request;
        if (!jobs.empty() && chance.percent(70)) {
            const Job& earlier = jobs[static_cast<size_t>(chance(0, int(jobs.size()) - 1))];
            request.prompt = earlier.request.prompt;
            if (chance.percent(50))
                request.prompt.insert(request.prompt.end(), earlier.answer.tokens.begin(),
                                      earlier.answer.tokens.end());
            if (chance.percent(50))
                request.prompt.resize(static_cast<size_t>(chance(1, int(request.prompt.size()))));
        }
        for (int n = chance.percent(20) ? 0 : chance(0, 100); n > 0 || request.prompt.empty(); --n)
            request.prompt.push_back(chance(1, 3));
        if (std::ssize(request.prompt) >= n_ctx)
            request.prompt.resize(static_cast<size_t>(n_ctx - 1));
        request.max_tokens = chance.percent(10) ? 0 : chance(1, 80);
        request.sampling.temperature = chance.percent(50) ? 0.0f : 1.0f;
        if (chance.percent(30)) {
            request.sampling.repetition_penalty = 1.5f;
            request.sampling.frequency_penalty = 0.5f;
            request.sampling.penalty_window = chance(-1, 20);
        }
        request.sampling.seed = static_cast<uint64_t>(chance(0, 1'000'000));
        return request;
    }

private slots:
    void everyAnswerIsTheModels_data();
    void everyAnswerIsTheModels();
};

void SchedulerRandomTest::everyAnswerIsTheModels_data()
{
    QTest::addColumn<int>("seed");
    QTest::addColumn<bool>("hasStates");
    QTest::addColumn<bool>("draws");
    for (int seed = 0; seed < 300; ++seed) {
        QTest::addRow("%d", seed) << seed << false << false;
        QTest::addRow("%d with states", seed) << seed << true << false;
        QTest::addRow("%d drawn by the device", seed) << seed << false << true;
        QTest::addRow("%d with states, drawn by the device", seed) << seed << true << true;
    }
}

void SchedulerRandomTest::everyAnswerIsTheModels()
{
    QFETCH(const int, seed);
    QFETCH(const bool, hasStates);
    QFETCH(const bool, draws);
    Chance chance(static_cast<unsigned>(seed));
    const FakeTokenizer tokenizer(vocab_size);
    const SchedulerOptions options = randomOptions(chance, hasStates);
    FakeForward forward(options.n_pages, vocab_size, hashedLogits, options.n_slots);
    DrawingForward drawing(forward);
    Scheduler scheduler(draws ? static_cast<ForwardPass&>(drawing) : forward, tokenizer, options);
    std::deque<Job> jobs;

    constexpr int n_jobs = 40;
    for (int n_steps = 0; std::ssize(jobs) < n_jobs || scheduler.has_work(); ++n_steps) {
        QVERIFY2(n_steps < 100'000, "no progress");
        while (std::ssize(jobs) < n_jobs && chance.percent(25)) {
            Request request = randomRequest(chance, jobs, scheduler.n_ctx());
            Job& job = jobs.emplace_back(Job{jobs.size() + 1, request, {}});
            request.on_event = job.answer.receiver();
            scheduler.submit(job.id, std::move(request));
        }
        if (!jobs.empty() && chance.percent(5)) {
            Job& job = jobs[static_cast<size_t>(chance(0, int(jobs.size()) - 1))];
            job.cancelled = true;
            scheduler.cancel(job.id);
            QVERIFY(job.answer.finished.has_value());
        }
        scheduler.step();
    }

    for (const Job& job : jobs) {
        const Expected expected = answer_of(job.request, scheduler.n_ctx());
        const Tokens& tokens = job.answer.tokens;
        QVERIFY(job.answer.finished && job.answer.in_order);
        if (job.answer.finished->reason == FinishReason::cancelled) {
            QVERIFY(job.cancelled);
            QVERIFY(std::ranges::equal(tokens, std::span(expected.tokens).first(tokens.size())));
        } else {
            QCOMPARE(tokens, expected.tokens);
            QCOMPARE(job.answer.finished->reason, expected.reason);
        }
        QVERIFY(job.answer.finished->statistics.reused_tokens
                < job.answer.finished->statistics.prompt_tokens);
    }
    QCOMPARE(scheduler.cache().pool().n_used(), 0);
    const Checkpoints& checkpoints = scheduler.cache().checkpoints();
    QCOMPARE(checkpoints.n_free() + checkpoints.size(), options.n_slots);
    QCOMPARE(forward.violations, std::vector<std::string>());
    QCOMPARE(drawing.violations, std::vector<std::string>());
}

QTEST_APPLESS_MAIN(SchedulerRandomTest)
#include "scheduler_random_test.moc"
