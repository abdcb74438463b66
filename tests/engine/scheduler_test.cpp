#include "scheduler/scheduler.h"

#include "support/answer.h"
#include "support/drawing_forward.h"
#include "support/fake_model.h"

#include <QtTest>

#include <deque>
#include <limits>
#include <numeric>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Tokens = std::vector<int32_t>;

constexpr int vocab_size = 53;

/// Tokens that no other `kind` begins with.
Tokens prompt_of(int n, int kind = 0)
{
    Tokens tokens(static_cast<size_t>(n));
    for (int i = 0; i < n; ++i)
        tokens[static_cast<size_t>(i)] = 1 + (i * 7 + kind * 11) % (vocab_size - 1);
    return tokens;
}

Tokens letters(std::string_view text)
{
    return FakeTokenizer().encode(text, AddSpecial::no, SpecialText::plain);
}

SamplingParameters greedy()
{
    return {.temperature = 0};
}

} // namespace

class SchedulerTest : public QObject {
    Q_OBJECT

private:
    FakeTokenizer tokenizer_{vocab_size};
    std::unique_ptr<FakeForward> forward_;
    std::unique_ptr<Scheduler> scheduler_;
    std::deque<Answer> answers_;
    std::vector<RequestId> finishing_order_;
    RequestId last_id_ = 0;

    void start(SchedulerOptions options, NextToken next = hashedLogits)
    {
        answers_.clear();
        finishing_order_.clear();
        forward_ = std::make_unique<FakeForward>(options.n_pages, vocab_size, std::move(next));
        scheduler_ = std::make_unique<Scheduler>(*forward_, tokenizer_, options);
    }
    Answer& submit(Request request)
    {
        Answer& answer = answers_.emplace_back();
        request.on_event = [this, receive = answer.receiver()](const RequestEvent& event) {
            receive(event);
            if (event.kind == RequestEvent::Kind::finished)
                finishing_order_.push_back(event.id);
        };
        scheduler_->submit(++last_id_, std::move(request));
        return answer;
    }
    Answer& submit(Tokens prompt, int max_tokens)
    {
        return submit({.prompt = std::move(prompt),
                       .sampling = greedy(),
                       .max_tokens = max_tokens,

                       .ignore_stop_tokens = true});
    }
    /// A request that runs on its own on a fresh scheduler.
    Answer alone(Tokens prompt, int max_tokens)
    {
        SchedulerTest other;
        other.start({.n_pages = 100, .n_ctx = 3200});
        other.submit(std::move(prompt), max_tokens);
        other.finishAll();
        return other.answers_.front();
    }
    void finishAll()
    {
        while (scheduler_->step()) { }
    }
    void steps(int n)
    {
        while (n-- > 0)
            QVERIFY(scheduler_->step());
    }

private slots:
    void init() { start({.n_pages = 64, .n_ctx = 1024}); }
    void cleanup();

    void idleSchedulerHasNothingToDo();
    void answersLikeTheModel();
    void promptsAreComputedInChunks();
    void prefillIsReported();
    void answersGoOnWhileALongPromptIsComputed();
    void shortPromptIsNotHeldUpByALongOne();
    void simultaneousIdenticalPromptsAreComputedOnce();
    void equalPagesAfterDifferentOnesAreDifferent();
    void regeneratingComputesOneToken();
    void continuedChatReusesPromptAndAnswer();
    void requestsBeyondTheMaximumWait();
    void requestsWithoutRoomToGrowWait();
    void youngestWaitsWhenTheCacheIsFull();
    void fullCacheNeverFailsALoneRequest();
    void cancelEndsWithinOneStep_data();
    void cancelEndsWithinOneStep();
    void endsOf_data();
    void endsOf();
    void textHeldBackComesWithTheEnd();
    void invalidRequestsAreRefused_data();
    void invalidRequestsAreRefused();
    void modelsThatDoNotAnswerRefuseRequests();
    void forwardErrorEndsTheStepsRequestsOnly();
    void unusableLogitsEndTheirRequestOnly();
    void seededAnswersDoNotDependOnCompany();
    void candidatesComeWithTheirToken_data();
    void candidatesComeWithTheirToken();
    void unseededRequestsTellTheirSeed();
    void statisticsCountTokensAndTime();
};

/// Holds after every test: nothing is left running, no page is held, every batch was well-formed.
void SchedulerTest::cleanup()
{
    finishAll();
    QCOMPARE(scheduler_->cache().pool().n_used(), 0);
    QCOMPARE(forward_->violations, std::vector<std::string>());
    for (const Answer& answer : answers_)
        QVERIFY(answer.finished && answer.in_order);
}

void SchedulerTest::idleSchedulerHasNothingToDo()
{
    QVERIFY(!scheduler_->has_work());
    QVERIFY(!scheduler_->step());
}

void SchedulerTest::answersLikeTheModel()
{
    Tokens expected = prompt_of(70);
    std::vector<float> logits(vocab_size);
    for (int i = 0; i < 50; ++i) {
        hashedLogits(expected, logits);
        expected.push_back(static_cast<int32_t>(std::ranges::max_element(logits) - logits.begin()));
    }
    const Answer& answer = submit(prompt_of(70), 50);
    finishAll();
    QCOMPARE(answer.tokens, Tokens(expected.begin() + 70, expected.end()));
    QCOMPARE(answer.finished->reason, FinishReason::length);
}

void SchedulerTest::promptsAreComputedInChunks()
{
    const Answer whole = alone(prompt_of(300), 5);
    for (const int chunk : {1, 7, 32, 50, 299, 300, 301}) {
        start({.n_pages = 64, .n_ctx = 1024, .max_rows = chunk});
        const Answer& answer = submit(prompt_of(300), 5);
        int n_steps = 0;
        for (; answer.tokens.empty(); ++n_steps) {
            QVERIFY(scheduler_->step());
            QVERIFY(forward_->last_rows.front() <= chunk);
        }
        QCOMPARE(n_steps, (300 + chunk - 1) / chunk);
        finishAll();
        QCOMPARE(answer.tokens, whole.tokens);
    }
}

void SchedulerTest::prefillIsReported()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 100});
    std::vector<int> done;
    Request request{.prompt = prompt_of(250), .sampling = greedy(), .max_tokens = 2};
    request.on_event = [&](const RequestEvent& event) {
        if (event.kind == RequestEvent::Kind::prefill)
            done.push_back(event.prompt_done);
    };
    scheduler_->submit(++last_id_, request);
    finishAll();
    QCOMPARE(done, (std::vector<int>{100, 200, 250}));
}

void SchedulerTest::answersGoOnWhileALongPromptIsComputed()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 40});
    const Answer& first = submit(prompt_of(10), 100);
    steps(1);
    const Answer& second = submit(prompt_of(400, 1), 1);
    for (size_t n = 2; !second.finished; ++n) {
        QVERIFY(scheduler_->step());
        QCOMPARE(first.tokens.size(), n);
        QCOMPARE(forward_->last_rows.front(), 1);
        QVERIFY(std::accumulate(forward_->last_rows.begin(), forward_->last_rows.end(), 0) <= 40);
    }
}

void SchedulerTest::shortPromptIsNotHeldUpByALongOne()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 64});
    const Answer& longer = submit(prompt_of(900), 1);
    steps(2);
    const Answer& shorter = submit(prompt_of(20, 1), 1);
    steps(1);
    QVERIFY(shorter.finished.has_value());
    QVERIFY(!longer.finished);
    QCOMPARE(forward_->last_rows, (std::vector<int>{20, 44})); // what it leaves is not wasted
}

void SchedulerTest::simultaneousIdenticalPromptsAreComputedOnce()
{
    const Answer expected = alone(prompt_of(200), 40);
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 50});
    for (int i = 0; i < 4; ++i)
        submit(prompt_of(200), 40);
    while (answers_.back().tokens.empty())
        QVERIFY(scheduler_->step());
    QVERIFY(scheduler_->cache().pool().n_used() <= 6 + 4 * 2);
    finishAll();
    for (const Answer& answer : answers_)
        QCOMPARE(answer.tokens, expected.tokens);
    QCOMPARE(answers_[0].finished->statistics.reused_tokens, 0);
    for (size_t i = 1; i < answers_.size(); ++i)
        QVERIFY(answers_[i].finished->statistics.reused_tokens >= 192);
    QVERIFY(forward_->n_computed <= 200 + 3 * 8 + 4 * 39);
}

void SchedulerTest::equalPagesAfterDifferentOnesAreDifferent()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 64});
    for (int kind = 0; kind < 2; ++kind) {
        Tokens prompt(page_tokens, 1 + kind);
        prompt.resize(3 * page_tokens, 9);
        submit(std::move(prompt), 1);
    }
    steps(2);
    QCOMPARE(forward_->last_rows, (std::vector<int>{32, 32}));
}

void SchedulerTest::regeneratingComputesOneToken()
{
    for (const int n : {5, 31, 32, 33, 64, 200}) {
        start({.n_pages = 64, .n_ctx = 1024});
        submit(prompt_of(n), 1);
        finishAll();
        submit(prompt_of(n), 1);
        finishAll();
        QCOMPARE(answers_.back().finished->statistics.reused_tokens, n - 1);
        QCOMPARE(answers_.back().tokens, answers_.front().tokens);
        QCOMPARE(forward_->n_computed, n + 1);
    }
}

void SchedulerTest::continuedChatReusesPromptAndAnswer()
{
    const Answer& first = submit(prompt_of(45), 30);
    finishAll();
    Tokens next = prompt_of(45);
    next.insert(next.end(), first.tokens.begin(), first.tokens.end());
    next.insert(next.end(), {3, 4, 5});
    const Answer expected = alone(next, 10);
    const Answer& second = submit(next, 10);
    finishAll();
    QCOMPARE(second.finished->statistics.reused_tokens, 45 + 29); // the last token was never computed
    QCOMPARE(second.tokens, expected.tokens);
}

void SchedulerTest::requestsBeyondTheMaximumWait()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_running = 2});
    for (int i = 0; i < 3; ++i)
        submit(prompt_of(10, i), 4);
    steps(4);
    QVERIFY(answers_[0].finished && answers_[1].finished);
    QCOMPARE(answers_[2].n_events, 0);
}

void SchedulerTest::requestsWithoutRoomToGrowWait()
{
    start({.n_pages = 4, .n_ctx = 128});
    submit(prompt_of(60), 30);
    submit(prompt_of(60, 1), 30);
    steps(1);
    QCOMPARE(forward_->last_rows.size(), size_t{1});
    finishAll();
    QCOMPARE(forward_->n_computed, 2 * (60 + 29)); // nothing was computed again
}

void SchedulerTest::youngestWaitsWhenTheCacheIsFull()
{
    constexpr size_t n = 5;
    start({.n_pages = 5, .n_ctx = 160, .max_running = 2});
    for (size_t i = 0; i < n; ++i)
        submit(prompt_of(20, int(i)), 100);
    finishAll();
    for (size_t i = 0; i < n; ++i)
        QCOMPARE(answers_[i].tokens, alone(prompt_of(20, int(i)), 100).tokens);
    QVERIFY(std::ranges::is_sorted(finishing_order_));
    QVERIFY(forward_->n_computed > int(n) * 119); // something had to be computed again
}

void SchedulerTest::fullCacheNeverFailsALoneRequest()
{
    start({.n_pages = 4, .n_ctx = 1000});
    QCOMPARE(scheduler_->n_ctx(), 4 * page_tokens);
    for (int i = 0; i < 20; ++i) {
        const Answer& answer = submit(prompt_of(100 + i, i), 1000);
        finishAll();
        QCOMPARE(answer.finished->reason, FinishReason::context_full);
        QCOMPARE(answer.tokens.size(), size_t(4 * page_tokens - 100 - i));
        QCOMPARE(answer.tokens, alone(prompt_of(100 + i, i), 28 - i).tokens);
    }
}

void SchedulerTest::cancelEndsWithinOneStep_data()
{
    QTest::addColumn<int>("stepsBefore");
    QTest::addColumn<int>("tokensBefore");
    QTest::newRow("waiting") << 0 << 0;
    QTest::newRow("in the prompt") << 1 << 0;
    QTest::newRow("in the answer") << 4 << 2;
}

void SchedulerTest::cancelEndsWithinOneStep()
{
    QFETCH(const int, stepsBefore);
    start({.n_pages = 64, .n_ctx = 1024, .max_rows = 50});
    const Answer& answer = submit(prompt_of(120), 100);
    const RequestId id = last_id_;
    steps(stepsBefore);
    scheduler_->cancel(id);
    QCOMPARE(answer.finished->reason, FinishReason::cancelled);
    QTEST(static_cast<int>(answer.tokens.size()), "tokensBefore");
    QVERIFY(!scheduler_->has_work());
    QCOMPARE(scheduler_->cache().pool().n_used(), 0);
    scheduler_->cancel(id);
    scheduler_->cancel(999);
}

void SchedulerTest::endsOf_data()
{
    QTest::addColumn<Request>("request");
    QTest::addColumn<FinishReason>("reason");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("tokens");
    const auto row = [](const char* name, auto change, FinishReason reason, const char* text, int n_tokens) {
        Request request{.prompt = letters("prompt"), .sampling = greedy(), .max_tokens = 0};
        change(request);
        QTest::newRow(name) << request << reason << text << n_tokens;
    };
    // The model answers "hello world" without the space, then ends; with that ignored, it ends forever.
    row("end token", [](auto&) { }, FinishReason::stop_token, "helloworld", 10);
    row("length", [](auto& r) { r.max_tokens = 3; }, FinishReason::length, "hel", 3);
    row("length just at the end", [](auto& r) { r.max_tokens = 10; }, FinishReason::length, "helloworld", 10);
    row("stop string", [](auto& r) { r.stop = {"wo"}; }, FinishReason::stop_string, "hello", 7);
    row(
        "first of two stop strings", [](auto& r) { r.stop = {"or", "llo"}; }, FinishReason::stop_string, "he",
        5);
    row(
        "stop string that does not come", [](auto& r) { r.stop = {"world!"}; }, FinishReason::stop_token,
        "helloworld", 10);
    row(
        "end token ignored",
        [](auto& r) {
            r.ignore_stop_tokens = true;
            r.max_tokens = 15;
        },
        FinishReason::length, "helloworld", 15);
    row(
        "context full", [](auto& r) { r.ignore_stop_tokens = true; }, FinishReason::context_full,
        "helloworld", 40 - 6);
}

void SchedulerTest::endsOf()
{
    start({.n_pages = 64, .n_ctx = 40}, scripted(6, letters("helloworld")));
    QFETCH(const Request, request);
    const Answer& answer = submit(request);
    finishAll();
    QTEST(answer.finished->reason, "reason");
    QTEST(QString::fromStdString(answer.text), "text");
    QTEST(static_cast<int>(answer.tokens.size()), "tokens");
    QCOMPARE(answer.finished->token, answer.finished->reason == FinishReason::stop_token ? 0 : -1);
}

void SchedulerTest::textHeldBackComesWithTheEnd()
{
    start({.n_pages = 8, .n_ctx = 40}, scripted(6, letters("helloworld")));
    const Answer& answer =
        submit({.prompt = letters("prompt"), .sampling = greedy(), .max_tokens = 4, .stop = {"lloyd"}});
    steps(4);
    QCOMPARE(answer.finished->text, std::string("ll"));
    QCOMPARE(answer.text, std::string("hell"));
}

void SchedulerTest::invalidRequestsAreRefused_data()
{
    QTest::addColumn<Request>("request");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, Tokens prompt, SamplingParameters sampling, ErrorKind kind,
                        const char* message) {
        QTest::newRow(name) << Request{.prompt = std::move(prompt), .sampling = sampling} << kind << message;
    };
    row("empty prompt", {}, {}, ErrorKind::invalid_request, "no tokens");
    row("prompt as long as the context", prompt_of(1024), {}, ErrorKind::context_full, "1024 tokens");
    row("negative token", {1, -1}, {}, ErrorKind::invalid_request, "token -1");
    row("token beyond the vocabulary", {1, vocab_size}, {}, ErrorKind::invalid_request, "token 53");
    row("sampling", {1}, {.temperature = -1}, ErrorKind::invalid_request, "temperature");
    for (const int n : {-1, max_token_candidates + 1})
        QTest::addRow("%d candidates", n) << Request{.prompt = {1}, .n_candidates = n}
                                          << ErrorKind::invalid_request << QString("%1 candidates").arg(n);
}

void SchedulerTest::invalidRequestsAreRefused()
{
    QFETCH(const Request, request);
    QFETCH(const QString, message);
    const Answer& answer = submit(request);
    QVERIFY(!scheduler_->has_work());
    QCOMPARE(answer.finished->reason, FinishReason::error);
    QTEST(answer.finished->error->kind, "kind");
    QVERIFY2(answer.finished->error->message.contains(message.toStdString()),
             answer.finished->error->message.c_str());
    QVERIFY(!answer.finished->error->remedy.empty());
}

void SchedulerTest::modelsThatDoNotAnswerRefuseRequests()
{
    start({.n_pages = 8, .n_ctx = 40, .refusal = fail(ErrorKind::unsupported, "No answers.")});
    const Answer& answer = submit({1, 2}, 3);
    QVERIFY(!scheduler_->has_work());
    QCOMPARE(answer.finished->error->message, std::string("No answers."));
}

void SchedulerTest::forwardErrorEndsTheStepsRequestsOnly()
{
    start({.n_pages = 64, .n_ctx = 1024, .max_running = 2});
    for (int i = 0; i < 3; ++i)
        submit(prompt_of(70, i), 10);
    steps(3);
    forward_->error = Error{ErrorKind::device_error, "The device is gone.", "Plug it in."};
    steps(1);
    for (const size_t i : {0u, 1u}) {
        QCOMPARE(answers_[i].finished->reason, FinishReason::error);
        QCOMPARE(answers_[i].finished->error->message, std::string("The device is gone."));
        QCOMPARE(answers_[i].tokens.size(), size_t(3));
    }
    finishAll();
    QCOMPARE(answers_[2].tokens, alone(prompt_of(70, 2), 10).tokens);
    submit(prompt_of(70, 0), 10);
    finishAll();
    QCOMPARE(answers_[3].tokens, alone(prompt_of(70, 0), 10).tokens);
    QCOMPARE(answers_[3].finished->statistics.reused_tokens, 64);
}

void SchedulerTest::unusableLogitsEndTheirRequestOnly()
{
    start({.n_pages = 64, .n_ctx = 1024}, [](std::span<const int32_t> tokens, std::span<float> logits) {
        hashedLogits(tokens, logits);
        if (tokens.front() == 2)
            logits[5] = std::numeric_limits<float>::quiet_NaN();
    });
    const Answer& good = submit({1, 2, 3}, 5);
    const Answer& bad = submit({2, 2, 3}, 5);
    finishAll();
    QCOMPARE(good.finished->reason, FinishReason::length);
    QCOMPARE(bad.finished->reason, FinishReason::error);
    QCOMPARE(bad.finished->error->kind, ErrorKind::device_error);
}

void SchedulerTest::seededAnswersDoNotDependOnCompany()
{
    Request request{.prompt = prompt_of(40),
                    .sampling = {.temperature = 1.5f, .repetition_penalty = 1.1f, .seed = 99},
                    .max_tokens = 60,
                    .ignore_stop_tokens = true};
    submit(request);
    finishAll();
    const Tokens alone_tokens = answers_.front().tokens;
    start({.n_pages = 12, .n_ctx = 1024, .max_rows = 9});
    for (int i = 0; i < 3; ++i)
        submit(prompt_of(30, i), 50);
    const Answer& crowded = submit(request);
    finishAll();
    QCOMPARE(crowded.tokens, alone_tokens);
    request.sampling.seed = 100;
    const Answer& other = submit(request);
    finishAll();
    QVERIFY(other.tokens != alone_tokens);
}

void SchedulerTest::candidatesComeWithTheirToken_data()
{
    QTest::addColumn<bool>("drawnByTheDevice");
    QTest::newRow("drawn here") << false;
    QTest::newRow("drawn by the device, steps begun ahead") << true;
}

/// With those requests that ask for them, beside others.
void SchedulerTest::candidatesComeWithTheirToken()
{
    QFETCH(const bool, drawnByTheDevice);
    FakeForward forward(64, vocab_size, hashedLogits);
    DrawingForward drawing(forward);
    Scheduler scheduler(drawnByTheDevice ? static_cast<ForwardPass&>(drawing) : forward, tokenizer_,
                        {.n_pages = 64, .n_ctx = 1024});
    std::deque<std::vector<RequestEvent>> events;
    for (const int n_candidates : {4, 0, max_token_candidates}) {
        Request request{.prompt = prompt_of(20, n_candidates),
                        .sampling = {.temperature = 1.5f, .seed = 3},
                        .max_tokens = 12,
                        .ignore_stop_tokens = true,
                        .n_candidates = n_candidates};
        request.on_event = [&own = events.emplace_back()](const RequestEvent& event) {
            if (event.kind == RequestEvent::Kind::token)
                own.push_back(event);
        };
        scheduler.submit(events.size(), std::move(request));
    }
    while (scheduler.step()) { }

    Sampler sampler;
    std::vector<float> logits(vocab_size);
    for (const int i : {0, 1, 2}) {
        const int n_candidates = i == 0 ? 4 : i == 1 ? 0 : max_token_candidates;
        Tokens tokens = prompt_of(20, n_candidates);
        QCOMPARE(events[size_t(i)].size(), size_t{12});
        for (const RequestEvent& event : events[size_t(i)]) {
            hashedLogits(tokens, logits);
            const DrawnToken expected =
                sampler.sample_with_candidates(logits, tokens, {.temperature = 1.5f}, 3, n_candidates)
                    .value();
            QCOMPARE(event.token, expected.token);
            QCOMPARE(event.probability, expected.probability);
            QCOMPARE(event.candidates, expected.candidates);
            tokens.push_back(event.token);
        }
    }
    QCOMPARE(drawing.violations, std::vector<std::string>());
}

void SchedulerTest::unseededRequestsTellTheirSeed()
{
    Request request{.prompt = prompt_of(40), .sampling = {}, .max_tokens = 30, .ignore_stop_tokens = true};
    const Answer& first = submit(request);
    const Answer& second = submit(request);
    finishAll();
    QVERIFY(first.finished->statistics.seed != second.finished->statistics.seed);
    request.sampling.seed = first.finished->statistics.seed;
    const Answer& repeated = submit(request);
    finishAll();
    QCOMPARE(repeated.tokens, first.tokens);
    QVERIFY(second.tokens != first.tokens);
}

void SchedulerTest::statisticsCountTokensAndTime()
{
    const Answer& answer = submit(prompt_of(100), 11);
    finishAll();
    const RequestStatistics& statistics = answer.finished->statistics;
    QCOMPARE(statistics.prompt_tokens, 100);
    QCOMPARE(statistics.reused_tokens, 0);
    QCOMPARE(statistics.generated_tokens, 11);
    QVERIFY(statistics.prefill_seconds > 0);
    QVERIFY(statistics.time_to_first_token >= statistics.prefill_seconds);
    QVERIFY(statistics.decode_seconds > 0);
    QCOMPARE(statistics.prefill_rate(), 100 / statistics.prefill_seconds);
    QCOMPARE(statistics.decode_rate(), 10 / statistics.decode_seconds);
    QCOMPARE(RequestStatistics().prefill_rate(), 0.0);
    QCOMPARE(RequestStatistics().decode_rate(), 0.0);
}

QTEST_APPLESS_MAIN(SchedulerTest)
#include "scheduler_test.moc"
