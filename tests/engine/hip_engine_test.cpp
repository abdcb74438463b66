#include "backend/hip/tested_device.h"
#include "emulated_gpu.h"
#include "support/golden_model.h"

#include <rocmforge/engine.h>
#include <rocmforge/hardware.h>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// An environment variable while it lives.
class ScopedVariable {
public:
    ScopedVariable(const char* name, const QByteArray& value)
        : m_name(name)
    {
        qputenv(name, value);
    }
    ~ScopedVariable() { qunsetenv(m_name); }
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

private:
    const char* m_name;
};

} // namespace

/// The engine on the GPU, as applications use it.
class HipEngineTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR); }

    void modelRunsOnTheGpuOnRequest()
    {
        const EmulatedGpu gpu("gfx90a");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const auto engine = Engine::load(golden.path("file"), onGpu(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(QString::fromStdString((*engine)->backend_name()).startsWith("GPU"));
        const auto logits = (*engine)->logits(golden.tokens(), 16);
        QVERIFY(logits);
        QVERIFY(nmse(*logits, golden.logits()) < 1e-5);
    }

    /// q with k and v, rotation with appending, attention, output, gate with up, down.
    void denseLayerTakesSixLaunchesPerToken()
    {
        const EmulatedGpu gpu("gfx1100");
        const auto engine =
            Engine::load(ROCMFORGE_SOURCE_DIR "/resources/demo-model/ember-10m-q8_0.gguf", onGpu(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        const std::vector<int32_t> tokens = (*engine)->tokenize("one two three four five", true, false);
        const auto launchesOf = [&](size_t nTokens) {
            const int before = EmulatedGpu::nLaunches();
            const auto logits = (*engine)->logits(std::span(tokens).first(nTokens), 1);
            return logits ? EmulatedGpu::nLaunches() - before : -1;
        };
        const int perToken = (launchesOf(5) - launchesOf(2)) / 3;
        const int nLayers = (*engine)->load_plan().n_layers;
        constexpr int beforeAndAfter = 3; // embedding, first norm, logits
        QVERIFY2(perToken > nLayers && perToken <= 6 * nLayers + beforeAndAfter,
                 qPrintable(QString::number(perToken)));
    }

    /// Tokens drawn on the device, steps replayed and begun ahead change nothing of an answer.
    void answersAreThoseOfTheCpu_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("nRequests");
        QTest::addColumn<float>("repetitionPenalty");
        QTest::newRow("one request") << "llama3-rope-freqs" << 1 << 1.0f;
        QTest::newRow("one with penalties") << "llama3-rope-freqs" << 1 << 1.5f;
        QTest::newRow("three at once") << "llama3-rope-freqs" << 3 << 1.0f;
        QTest::newRow("recurrent states") << "mamba" << 2 << 1.0f;
        QTest::newRow("recurrent states and keys") << "granitehybrid" << 2 << 1.0f;
    }
    void answersAreThoseOfTheCpu()
    {
        QFETCH(QString, model);
        QFETCH(int, nRequests);
        QFETCH(float, repetitionPenalty);
        const bool committed =
            std::filesystem::exists(dataDir() / "models" / (model + ".gguf").toStdString());
        if (!committed)
            REQUIRE_GOLDEN();
        const EmulatedGpu gpu("gfx1100");
        const GoldenModel golden((committed ? dataDir() : goldenDir()) / "models", model);
        LoadOptions onCpu = onGpu(gpu);
        onCpu.device = ComputeDevice::cpu;
        const auto gpuEngine = Engine::load(golden.path("file"), onGpu(gpu));
        const auto cpuEngine = Engine::load(golden.path("file"), onCpu);
        QVERIFY(gpuEngine && cpuEngine);
        QCOMPARE(answers(**gpuEngine, nRequests, repetitionPenalty),
                 answers(**cpuEngine, nRequests, repetitionPenalty));
    }

    /// Recorded steps included: an answer with candidates follows one without.
    void candidatesAreThoseOfTheCpu()
    {
        const EmulatedGpu gpu("gfx1100");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        LoadOptions onCpu = onGpu(gpu);
        onCpu.device = ComputeDevice::cpu;
        const auto gpuEngine = Engine::load(golden.path("file"), onGpu(gpu));
        const auto cpuEngine = Engine::load(golden.path("file"), onCpu);
        QVERIFY(gpuEngine && cpuEngine);
        for (const int nCandidates : {0, 5}) {
            const auto got = tokenEvents(**gpuEngine, nCandidates);
            const auto expected = tokenEvents(**cpuEngine, nCandidates);
            for (size_t i = 0; i < expected.size(); ++i) {
                QVERIFY(!expected[i].empty());
                QCOMPARE(got[i].size(), expected[i].size());
                for (size_t j = 0; j < expected[i].size(); ++j)
                    compareCandidates(got[i][j], expected[i][j], nCandidates);
            }
        }
    }

    void nothingIsAllocatedAfterLoading_data()
    {
        QTest::addColumn<QString>("target");
        for (const char* target : emulatedTargets)
            QTest::newRow(target) << target;
    }
    void nothingIsAllocatedAfterLoading()
    {
        QFETCH(QString, target);
        const EmulatedGpu gpu(target);
        const auto engine = load(onGpu(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        const int before = EmulatedGpu::nAllocations();
        QVERIFY(before > 0);
        QCOMPARE(answers(**engine, 3, 1.5f).front().size(), size_t(40));
        tokenEvents(**engine, max_token_candidates);
        Tokens answer;
        submit(**engine, Tokens(100, 7), 5, 1.0f, answer);
        while ((*engine)->step()) { }
        QCOMPARE(answer.size(), size_t(5));
        QCOMPARE(EmulatedGpu::nAllocations(), before);
    }

    void unsuitedMachineIsExplained_data()
    {
        QTest::addColumn<QString>("targets");
        QTest::addColumn<QString>("message");
        QTest::newRow("no device") << "" << "no GPU";
        QTest::newRow("a device without kernels") << "gfx803" << "gfx803";
    }
    void unsuitedMachineIsExplained()
    {
        QFETCH(QString, targets);
        QFETCH(QString, message);
        const EmulatedGpu gpu(targets);
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const auto engine = Engine::load(golden.path("file"), onGpu(gpu));
        QVERIFY(!engine);
        QVERIFY(engine.error().kind == ErrorKind::unsupported);
        QVERIFY2(QString::fromStdString(engine.error().message).contains(message),
                 engine.error().message.c_str());
        QVERIFY(!engine.error().remedy.empty());
    }

    void deviceWithKernelsIsPreferred()
    {
        const EmulatedGpu gpu("gfx803,gfx1100");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const auto engine = Engine::load(golden.path("file"), onGpu(gpu));
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(QString::fromStdString((*engine)->backend_name()).contains("gfx1100"));
    }

    void gpuIsTakenUnaskedWhereItComputesRightly_data()
    {
        QTest::addColumn<bool>("hasDriver");
        QTest::addColumn<QByteArray>("wrongKernel");
        QTest::addColumn<QString>("backend");
        QTest::newRow("right") << true << QByteArray() << "GPU";
        QTest::newRow("wrong") << true << QByteArray("scale") << "CPU";
        QTest::newRow("no driver") << false << QByteArray() << "CPU";
    }
    void gpuIsTakenUnaskedWhereItComputesRightly()
    {
        QFETCH(bool, hasDriver);
        QFETCH(QByteArray, wrongKernel);
        QFETCH(QString, backend);
        const QTemporaryDir root;
        QVERIFY(QDir(root.path()).mkdir("dev"));
        QFile driver(root.filePath("dev/kfd"));
        QVERIFY(!hasDriver || driver.open(QIODevice::WriteOnly));
        const ScopedVariable system("ROCMFORGE_SYSTEM_ROOT", root.path().toUtf8());
        const ScopedVariable wrong("ROCMFORGE_EMULATOR_WRONG_KERNEL", wrongKernel);
        const EmulatedGpu gpu("gfx1100");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const auto engine =
            Engine::load(golden.path("file"), {.device = ComputeDevice::automatic, .n_threads = 1});
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        const QString name = QString::fromStdString((*engine)->backend_name());
        QVERIFY2(name.startsWith(backend), qPrintable(name));
    }

    void namedDeviceIsUsed_data()
    {
        QTest::addColumn<QString>("wanted");
        QTest::newRow("index") << "1";
        QTest::newRow("PCI address") << "0000:02:00.0";
        QTest::newRow("target") << "gfx90a";
    }
    void namedDeviceIsUsed()
    {
        QFETCH(QString, wanted);
        const EmulatedGpu gpu("gfx1100,gfx90a");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        LoadOptions options = onGpu(gpu);
        options.gpu = wanted.toStdString();
        const auto engine = Engine::load(golden.path("file"), options);
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(QString::fromStdString((*engine)->backend_name()).contains("gfx90a"));
    }

    void unknownDeviceIsTestedAndTold()
    {
        const EmulatedGpu gpu("gfx1100");
        LoadOptions options = onGpu(gpu);
        options.self_tests.clear();
        std::vector<SelfTest> told;
        options.on_self_test = [&](const SelfTest& test) { told.push_back(test); };
        QVERIFY(load(options));
        QVERIFY(told.size() > 100); // before each kernel
        QVERIFY(told.front().state == SelfTestState::running);
        QVERIFY(told.back().state == SelfTestState::passed);
        QVERIFY(told.back().gpu == identity(gpu));

        options.self_tests = {told.back()};
        told.clear();
        QVERIFY(load(options));
        QVERIFY(told.empty()); // once is enough
    }

    void disabledDeviceIsRefusedByName_data()
    {
        QTest::addColumn<SelfTest>("test");
        QTest::addColumn<QString>("message");
        SelfTest test;
        test.state = SelfTestState::failed;
        test.failures = {{"norm RMS", 0.5, 0.001, {}}};
        QTest::newRow("wrong") << test << "'norm RMS' computes wrongly: its largest error is 0.5";
        test.failures = {{"logits", 0, 0, "The GPU is lost."}};
        QTest::newRow("lost") << test << "'logits' failed: The GPU is lost.";
        test.state = SelfTestState::running;
        test.kernel = "soft cap";
        QTest::newRow("not survived") << test << "did not survive the test of the GPU kernel for 'soft cap'";
    }
    void disabledDeviceIsRefusedByName()
    {
        QFETCH(SelfTest, test);
        QFETCH(QString, message);
        const EmulatedGpu gpu("gfx1100");
        test.gpu = identity(gpu);
        LoadOptions options = onGpu(gpu);
        options.self_tests = {test};
        options.on_self_test = [](const SelfTest&) { QFAIL("tested again"); };
        const auto engine = load(options);
        QVERIFY(!engine);
        QVERIFY(engine.error().kind == ErrorKind::device_error);
        const QString text = QString::fromStdString(engine.error().message);
        QVERIFY2(text.contains("Emulated GPU (gfx1100)") && text.contains(message), qPrintable(text));
        QVERIFY(QString::fromStdString(engine.error().remedy).contains("CPU"));
    }

    void testOfAnotherDriverDoesNotCount()
    {
        const EmulatedGpu gpu("gfx1100");
        SelfTest test;
        test.state = SelfTestState::failed;
        test.failures = {{"norm RMS", 0.5, 0.001, {}}};
        test.gpu = identity(gpu);
        test.gpu.driver = "HIP 5.7.1, Linux 6.1.0";
        LoadOptions options = onGpu(gpu);
        options.self_tests = {test};
        QVERIFY(load(options));
    }

private:
    static GpuIdentity identity(const EmulatedGpu& gpu)
    {
        return hip::identify(gpu.runtime(), gpu.devices().front());
    }

    static Result<std::unique_ptr<Engine>> load(const LoadOptions& options)
    {
        return Engine::load(GoldenModel(dataDir() / "models", "llama3-rope-freqs").path("file"), options);
    }

    using Tokens = std::vector<int32_t>;

    static void submit(Engine& engine, const Tokens& prompt, int maxTokens, float repetitionPenalty,
                       Tokens& answer)
    {
        Request request;
        request.prompt = prompt;
        request.max_tokens = maxTokens;
        request.ignore_stop_tokens = true;
        request.sampling.temperature = 0;
        request.sampling.repetition_penalty = repetitionPenalty;
        request.on_event = [&answer](const RequestEvent& event) {
            if (event.kind == RequestEvent::Kind::token)
                answer.push_back(event.token);
        };
        static_cast<void>(engine.submit(std::move(request)));
    }

    /// Greedy, of requests whose prompts and lengths differ; and of those that go on after them.
    static std::vector<Tokens> answers(Engine& engine, int nRequests, float repetitionPenalty)
    {
        std::vector<Tokens> answers(static_cast<size_t>(2 * nRequests));
        for (int i = 0; i < nRequests; ++i)
            submit(engine, {1 + i, 5, 9 + 2 * i}, 40 + 7 * i, repetitionPenalty, answers[size_t(i)]);
        while (engine.step()) { }
        for (int i = 0; i < nRequests; ++i) {
            Tokens prompt{1 + i, 5, 9 + 2 * i};
            prompt.insert(prompt.end(), answers[size_t(i)].begin(), answers[size_t(i)].end());
            prompt.push_back(3);
            submit(engine, prompt, 6, repetitionPenalty, answers[size_t(nRequests + i)]);
        }
        while (engine.step()) { }
        return answers;
    }

    /// Greedy answers of two requests with this many candidates.
    static std::vector<std::vector<RequestEvent>> tokenEvents(Engine& engine, int nCandidates)
    {
        std::vector<std::vector<RequestEvent>> answers(2);
        for (int i = 0; i < 2; ++i) {
            Request request;
            request.prompt = {1 + i, 5, 9};
            request.max_tokens = 40;
            request.ignore_stop_tokens = true;
            request.sampling.temperature = 0;
            request.sampling.repetition_penalty = 1.2f;
            request.n_candidates = nCandidates;
            request.on_event = [&answer = answers[size_t(i)]](const RequestEvent& event) {
                if (event.kind == RequestEvent::Kind::token)
                    answer.push_back(event);
            };
            static_cast<void>(engine.submit(std::move(request)));
        }
        while (engine.step()) { }
        return answers;
    }

    /// Both have computed the logits, with rounding of their own.
    static void compareCandidates(const RequestEvent& got, const RequestEvent& expected, int n)
    {
        QCOMPARE(got.token, expected.token);
        QVERIFY(std::abs(got.probability - expected.probability) < 1e-3f);
        QCOMPARE(got.candidates.size(), size_t(n));
        for (size_t i = 0; i < got.candidates.size(); ++i) {
            QCOMPARE(got.candidates[i].token, expected.candidates[i].token);
            QCOMPARE(got.candidates[i].kept, expected.candidates[i].kept);
            QVERIFY(std::abs(got.candidates[i].probability - expected.candidates[i].probability) < 1e-3f);
        }
    }

    /// A device that passed its self-test.
    static LoadOptions onGpu(const EmulatedGpu& gpu)
    {
        LoadOptions options;
        options.device = ComputeDevice::gpu;
        options.n_ctx = 128;
        options.self_tests = gpu.passedSelfTests();
        return options;
    }
};

QTEST_GUILESS_MAIN(HipEngineTest)
#include "hip_engine_test.moc"
