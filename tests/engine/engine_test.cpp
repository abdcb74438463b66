#include <rocmforge/engine.h>

#include "support/answer.h"
#include "support/golden.h"

#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <cmath>
#include <fstream>
#include <numeric>
#include <thread>

using namespace rocmforge;
using namespace rocmforge::test;
using namespace std::chrono_literals;

namespace {

std::filesystem::path ember()
{
    return std::filesystem::path(ROCMFORGE_SOURCE_DIR) / "resources/demo-model/ember-10m-q8_0.gguf";
}

Request greedy(std::vector<int32_t> prompt, int max_tokens)
{
    Request request;
    request.prompt = std::move(prompt);
    request.sampling.temperature = 0;
    request.max_tokens = max_tokens;
    request.ignore_stop_tokens = true;
    return request;
}

} // namespace

class EngineTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Engine> engine_;

    std::vector<int32_t> tokens(std::string_view text) const { return engine_->tokenize(text, true, true); }
    void finishAll()
    {
        while (engine_->step()) { }
    }

private slots:
    void init();
    void tellsAboutItsModel();
    void filesThatCannotBeLoadedAreErrors_data();
    void filesThatCannotBeLoadedAreErrors();
    void senselessOptionsAreNamed_data();
    void senselessOptionsAreNamed();
    void loadingReportsProgressAndCanBeCancelled();
    void tokensAndTextAreInverse();
    void contextIsLimitedByTheCache();
    void stepAndWaitOfAnIdleEngine();
    void eventsComeOnTheOwningThread();
    void cancelledRequestEndsWithinAStep();
    void otherThreadsSubmitAndCancel();
    void logitsDoNotDependOnTheChunk();
    void logitsPredictTheGreedyAnswer();
    void logitsThatCannotBeHadAreErrors();
    void recurrentModelsGoOnFromCheckpoints_data();
    void recurrentModelsGoOnFromCheckpoints();
    void fileTruncatedWhileLoadedDoesNoHarm();
};

void EngineTest::init()
{
    if (!engine_)
        engine_ = Engine::load(ember(), {.n_threads = 2}).value();
}

void EngineTest::tellsAboutItsModel()
{
    QCOMPARE(engine_->info().architecture, std::string("llama"));
    QCOMPARE(engine_->info().vocab_size, 4096);
    QCOMPARE(engine_->n_ctx(), 1024);
    QVERIFY2(engine_->backend_name().starts_with("CPU"), engine_->backend_name().c_str());
}

void EngineTest::filesThatCannotBeLoadedAreErrors_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<ErrorKind>("kind");
    QFile file(QString::fromStdString(ember().string()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    QTest::newRow("no file") << QByteArray() << ErrorKind::not_found;
    QTest::newRow("not GGUF") << QByteArray(1000, 'x') << ErrorKind::bad_magic;
    QTest::newRow("half a file") << whole.first(whole.size() / 2) << ErrorKind::truncated;
    QTest::newRow("architecture") << QByteArray(whole).replace("llama", "lxyza")
                                  << ErrorKind::unknown_architecture;
}

void EngineTest::filesThatCannotBeLoadedAreErrors()
{
    QFETCH(const QByteArray, content);
    const QTemporaryDir dir;
    const std::string path = dir.filePath("model.gguf").toStdString();
    if (!content.isEmpty())
        std::ofstream(path, std::ios::binary).write(content.data(), content.size());
    const auto engine = Engine::load(path);
    QVERIFY(!engine);
    QTEST(engine.error().kind, "kind");
    QVERIFY(!engine.error().message.empty());
}

void EngineTest::senselessOptionsAreNamed_data()
{
    QTest::addColumn<LoadOptions>("options");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* name, auto change, const char* named) {
        LoadOptions options;
        change(options);
        QTest::newRow(name) << options << named;
    };
    row("threads", [](auto& o) { o.n_threads = -1; }, "threads");
    row("context", [](auto& o) { o.n_ctx = -5; }, "context");
    row("cache", [](auto& o) { o.kv_tokens = -5; }, "cache");
    row("chunk", [](auto& o) { o.prefill_chunk = 0; }, "chunk");
    row("instruction set", [](auto& o) { o.simd = "mmx"; }, "mmx");
    row("huge context", [](auto& o) { o.n_ctx = 2'000'000'000; }, "cache");
}

void EngineTest::senselessOptionsAreNamed()
{
    QFETCH(const LoadOptions, options);
    QFETCH(const QString, named);
    const auto engine = Engine::load(ember(), options);
    QVERIFY(!engine);
    QVERIFY2(engine.error().message.contains(named.toStdString()), engine.error().message.c_str());
    QVERIFY(!engine.error().remedy.empty());
}

void EngineTest::loadingReportsProgressAndCanBeCancelled()
{
    LoadOptions options;
    std::vector<double> reported;
    options.progress = [&](double progress) {
        reported.push_back(progress);
        return true;
    };
    QVERIFY(Engine::load(ember(), options).has_value());
    QVERIFY(std::ranges::is_sorted(reported));
    QCOMPARE(reported.back(), 1.0);

    options.progress = [](double) { return false; };
    const auto engine = Engine::load(ember(), options);
    QVERIFY(!engine);
    QCOMPARE(engine.error().kind, ErrorKind::cancelled);
}

void EngineTest::tokensAndTextAreInverse()
{
    const std::string text = "Hello, wörld! 12 + 30 <|im_end|>";
    QCOMPARE(engine_->detokenize(engine_->tokenize(text, false, false), true), text);
    QCOMPARE(engine_->detokenize(engine_->tokenize(text, false, true), true), text);
    QCOMPARE(engine_->tokenize("<|im_end|>", false, true), std::vector<int32_t>{2});
    QVERIFY(engine_->tokenize("<|im_end|>", false, false).size() > 1);
}

void EngineTest::contextIsLimitedByTheCache()
{
    LoadOptions options;
    options.kv_tokens = 100;
    QCOMPARE(Engine::load(ember(), options).value()->n_ctx(), 128);
    options.n_ctx = 50;
    QCOMPARE(Engine::load(ember(), options).value()->n_ctx(), 50);
    options.kv_tokens = 0;
    QCOMPARE(Engine::load(ember(), options).value()->n_ctx(), 50);
}

void EngineTest::stepAndWaitOfAnIdleEngine()
{
    QVERIFY(!engine_->step());
    engine_->wait(1ms);
    engine_->wake();
    engine_->wait(1h);
    Answer answer;
    Request request = greedy(tokens("Hello"), 2);
    request.on_event = answer.receiver();
    (void)engine_->submit(std::move(request));
    while (!answer.finished) {
        engine_->wait(1h);
        QVERIFY(engine_->step());
    }
}

void EngineTest::eventsComeOnTheOwningThread()
{
    std::thread::id caller;
    Request request = greedy(tokens("Hello"), 1);
    request.on_event = [&](const RequestEvent&) { caller = std::this_thread::get_id(); };
    std::thread([&] { (void)engine_->submit(std::move(request)); }).join();
    QVERIFY(engine_->step());
    QCOMPARE(caller, std::this_thread::get_id());
}

void EngineTest::cancelledRequestEndsWithinAStep()
{
    Answer answer;
    Request request = greedy(tokens("Tell me a story."), 0);
    request.on_event = answer.receiver();
    const RequestId id = engine_->submit(std::move(request));
    for (int i = 0; i < 5; ++i)
        QVERIFY(engine_->step());
    const size_t n_tokens = answer.tokens.size();
    QVERIFY(n_tokens > 0);
    engine_->cancel(id);
    QVERIFY(engine_->step());
    QCOMPARE(answer.finished->reason, FinishReason::cancelled);
    QCOMPARE(answer.tokens.size(), n_tokens);
    QVERIFY(!engine_->step());
}

void EngineTest::otherThreadsSubmitAndCancel()
{
    constexpr int n_threads = 4, n_each = 12;
    const auto hello = tokens("Hello");
    std::atomic<int> n_finished = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < n_threads; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < n_each; ++i) {
                Request request = greedy(hello, 1 + (t + i) % 5);
                request.on_event = [&](const RequestEvent& event) {
                    n_finished += event.kind == RequestEvent::Kind::finished;
                };
                const RequestId id = engine_->submit(std::move(request));
                if (i % 3 == 0)
                    engine_->cancel(id);
                engine_->wake();
                (void)engine_->render(std::vector<ChatMessage>{{"user", "Hello"}});
            }
        });
    while (n_finished < n_threads * n_each) {
        engine_->wait(10ms);
        engine_->step();
    }
    for (std::thread& thread : threads)
        thread.join();
    QVERIFY(!engine_->step());
}

void EngineTest::logitsDoNotDependOnTheChunk()
{
    const auto text = tokens("The capital of France is Paris. The capital of Italy is Rome, I think.");
    const auto whole = engine_->logits(text, 512).value();
    QCOMPARE(whole.size(), text.size() * 4096);
    for (const int chunk : {1, 7, 32}) {
        const auto parts = engine_->logits(text, chunk).value();
        QCOMPARE(parts.size(), whole.size());
        double greatest = 0;
        for (size_t i = 0; i < parts.size(); ++i)
            greatest = std::max(greatest, std::abs(double(parts[i]) - double(whole[i])));
        QVERIFY2(greatest < 0.05, qPrintable(QString::number(greatest)));
    }
}

void EngineTest::logitsPredictTheGreedyAnswer()
{
    const auto prompt = engine_->render(std::vector<ChatMessage>{{"user", "Who are you?"}})->tokens;
    Answer answer;
    Request request = greedy(prompt, 1);
    request.on_event = answer.receiver();
    (void)engine_->submit(std::move(request));
    finishAll();
    const auto logits = engine_->logits(prompt, 512).value();
    const auto last = std::span(logits).last(4096);
    QCOMPARE(static_cast<int32_t>(std::ranges::max_element(last) - last.begin()), answer.tokens.front());
}

void EngineTest::logitsThatCannotBeHadAreErrors()
{
    QCOMPARE(engine_->logits(std::vector<int32_t>(2000, 5), 512).error().kind, ErrorKind::context_full);
    QCOMPARE(engine_->logits(std::vector<int32_t>{1, 2}, 0).error().kind, ErrorKind::invalid_request);
    QCOMPARE(engine_->logits(std::vector<int32_t>{1, -2}, 8).error().kind, ErrorKind::invalid_request);
    QCOMPARE(engine_->logits({}, 8).value().size(), size_t{0});
    (void)engine_->submit(greedy(tokens("Hello"), 3));
    QVERIFY(engine_->step());
    QCOMPARE(engine_->logits(std::vector<int32_t>{1, 2}, 8).error().kind, ErrorKind::invalid_request);
    finishAll();
}

/// What the backend copied needs no file any more; what it did not ends the requests with an error.
void EngineTest::recurrentModelsGoOnFromCheckpoints_data()
{
    REQUIRE_GOLDEN();
    QTest::addColumn<std::string>("model");
    for (const char* model : {"mamba", "granitehybrid", "lfm2", "qwen3next", "qwen35", "qwen35moe"})
        QTest::newRow(model) << std::string(model);
}

void EngineTest::recurrentModelsGoOnFromCheckpoints()
{
    QFETCH(const std::string, model);
    const auto engine = Engine::load(goldenDir() / "models" / (model + ".gguf"),
                                     {.n_threads = 2, .prefill_chunk = 40, .kv_type = KvType::f32})
                            .value();
    std::vector<int32_t> tokens(100);
    std::iota(tokens.begin(), tokens.end(), 5);
    const auto whole = engine->logits(tokens, 100).value();
    QCOMPARE_LT(nmse(engine->logits(tokens, 7).value(), whole), 1e-9);

    std::vector<Answer> answers(2);
    for (Answer& answer : answers) {
        Request request = greedy(tokens, 8);
        request.on_event = answer.receiver();
        static_cast<void>(engine->submit(std::move(request)));
        while (engine->step()) { }
    }
    QCOMPARE(answers[1].finished->statistics.reused_tokens, 96);
    QCOMPARE(answers[1].tokens, answers[0].tokens);
    const auto last = std::span(whole).last(size_t(engine->info().vocab_size));
    QCOMPARE(answers[0].tokens.front(), int32_t(std::ranges::max_element(last) - last.begin()));
}

void EngineTest::fileTruncatedWhileLoadedDoesNoHarm()
{
    const QTemporaryDir dir;
    const std::filesystem::path copy = dir.filePath("ember.gguf").toStdString();
    std::filesystem::copy_file(ember(), copy);
    const auto engine = Engine::load(copy, {.n_threads = 2}).value();
    Answer answer;
    Request request = greedy(tokens("Who are you?"), 5);
    request.on_event = answer.receiver();
    (void)engine->submit(request);
    QVERIFY(engine->step());
    std::filesystem::resize_file(copy, 4096);
    while (engine->step()) { }
    if (answer.finished->reason == FinishReason::error)
        QVERIFY(answer.finished->error->message.contains("ember.gguf"));
    else
        QCOMPARE(answer.tokens.size(), size_t{5});
}

QTEST_GUILESS_MAIN(EngineTest)
#include "engine_test.moc"
