#include "emulated_gpu.h"
#include "model_session.h"
#include "support/golden_model.h"

#include <rocmforge/engine.h>

using namespace rocmforge;
using namespace rocmforge::test;

/// The engine on models whose layers lie on two devices, and on devices that fail.
class HipHybridEngineTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR); }
    void cleanup() { qunsetenv("ROCMFORGE_EMULATOR_MEMORY"); }

    void batchesAndSharedPrefixesRunOverTheSplit_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("cpu_experts");
        QTest::addColumn<KvType>("kv_type");
        QTest::newRow("dense") << "llama3-rope-freqs" << false << KvType::f32;
        QTest::newRow("8-bit cache") << "llama3-rope-freqs" << false << KvType::q8_0;
        QTest::newRow("experts on the CPU") << "qwen3moe" << true << KvType::f32;
        QTest::newRow("recurrent") << "granitehybrid" << false << KvType::f32;
    }
    void batchesAndSharedPrefixesRunOverTheSplit()
    {
        QFETCH(QString, name);
        QFETCH(bool, cpu_experts);
        QFETCH(KvType, kv_type);
        if (modelFolder(name).empty())
            QSKIP("There is no such golden model.");
        const GoldenModel golden(modelFolder(name), name);
        const EmulatedGpu gpu("gfx1100");
        LoadOptions options{.n_threads = 1, .n_ctx = 128, .kv_type = kv_type};
        const auto reference = Engine::load(golden.path("file"), options);
        QVERIFY2(reference, errorText(reference));
        options.device = ComputeDevice::gpu;
        options.n_gpu_layers = 1;
        options.experts = cpu_experts ? ExpertDevice::cpu : ExpertDevice::of_layer;
        const auto hybrid = Engine::load(golden.path("file"), options);
        QVERIFY2(hybrid, errorText(hybrid));
        QVERIFY(QString::fromStdString((*hybrid)->backend_name()).contains("1 of "));
        QCOMPARE((*hybrid)->load_plan().devices.size(), size_t(2));

        const std::vector<int32_t> tokens = golden.tokens();
        const auto prompt = [&](int first, int last) {
            return std::vector(tokens.begin() + first, tokens.begin() + last);
        };
        // Two at once; then one that shares a page and a half with the first.
        using Prompts = std::vector<std::vector<int32_t>>;
        for (const Prompts& prompts : {Prompts{prompt(0, 60), prompt(5, 40)}, Prompts{prompt(0, 50)}}) {
            const Answers wanted = answers(**reference, prompts), got = answers(**hybrid, prompts);
            QCOMPARE(got.tokens, wanted.tokens);
            QCOMPARE(got.n_reused, wanted.n_reused);
            if (prompts.size() == 1)
                QVERIFY(got.n_reused > 0);
        }
    }

    void lostDeviceEndsRequestsAndNotTheEngine()
    {
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const EmulatedGpu gpu("gfx1100");
        LoadOptions options{.device = ComputeDevice::gpu, .n_gpu_layers = 1, .n_threads = 1, .n_ctx = 128};
        auto engine = Engine::load(golden.path("file"), options);
        QVERIFY2(engine, errorText(engine));
        const std::vector<std::vector<int32_t>> prompts{golden.tokens()};
        QVERIFY(answers(**engine, prompts).error.empty());

        EmulatedGpu::loseDevice();
        for (int i = 0; i < 2; ++i) {
            const Answers failed = answers(**engine, prompts);
            QVERIFY(QString::fromStdString(failed.error).contains("The GPU failed"));
            QVERIFY(QString::fromStdString(failed.remedy).contains("CPU"));
        }
        options.device = ComputeDevice::cpu;
        engine = Engine::load(golden.path("file"), options);
        QVERIFY2(engine, errorText(engine));
        QVERIFY(answers(**engine, prompts).error.empty());
    }

    /// A GPU that has the whole model has taken all it needs; of a part, scratch is taken as it is needed.
    void memoryThatOthersTookEndsAtMostTheRequest_data()
    {
        QTest::addColumn<int>("nGpuLayers");
        QTest::addColumn<bool>("ends");
        QTest::newRow("all layers") << LoadOptions::all_layers << false;
        QTest::newRow("one layer") << 1 << true;
    }
    void memoryThatOthersTookEndsAtMostTheRequest()
    {
        QFETCH(int, nGpuLayers);
        QFETCH(bool, ends);
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const EmulatedGpu gpu("gfx1100");
        const auto engine = Engine::load(
            golden.path("file"),
            {.device = ComputeDevice::gpu, .n_gpu_layers = nGpuLayers, .n_threads = 1, .n_ctx = 128});
        QVERIFY2(engine, errorText(engine));
        const std::vector<std::vector<int32_t>> prompts{golden.tokens()};
        const hip::Api& api = gpu.runtime().api();
        size_t free = 0, total = 0;
        QCOMPARE(api.hipMemGetInfo(&free, &total), hipSuccess);
        void* taken = nullptr;
        QCOMPARE(api.hipMalloc(&taken, free), hipSuccess);
        const Answers without = answers(**engine, prompts);
        QVERIFY2(QString::fromStdString(without.error).contains("out of memory") == ends,
                 without.error.c_str());
        QCOMPARE(without.error.empty(), !ends);
        QCOMPARE(api.hipFree(taken), hipSuccess);
        const Answers answered = answers(**engine, prompts);
        QVERIFY2(answered.error.empty(), answered.error.c_str());
        QCOMPARE(answered.tokens[0].size(), 6);
    }

    void asManyLayersAsFitAreComputedOnTheGpu()
    {
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        // A cache so large that each layer's has memory of its own.
        LoadOptions options{.device = ComputeDevice::gpu,
                            .n_gpu_layers = 1,
                            .n_threads = 1,
                            .n_ctx = 128,
                            .kv_tokens = 400'000,
                            .kv_type = KvType::f32};
        int64_t enoughForOne = 0;
        {
            const EmulatedGpu gpu("gfx1100");
            const auto plan = Engine::plan(golden.path("file"), options);
            QVERIFY2(plan, errorText(plan));
            enoughForOne = plan->devices.back().total() + plan->devices.back().headroom;
        }
        qputenv("ROCMFORGE_EMULATOR_MEMORY", QByteArray::number(qlonglong(enoughForOne)));
        const EmulatedGpu gpu("gfx1100");
        options.n_gpu_layers.reset();
        const auto engine = Engine::load(golden.path("file"), options);
        QVERIFY2(engine, errorText(engine));
        QVERIFY(QString::fromStdString((*engine)->backend_name()).contains("1 of 2 layers; CPU"));
        QVERIFY(lastWarning(**engine).contains("1 of 2 layers"));
        const std::vector<std::vector<int32_t>> prompts{golden.tokens()};
        const Answers answered = answers(**engine, prompts);
        QVERIFY2(answered.error.empty(), answered.error.c_str());
    }

    void modelThatDoesNotFitIsRefusedBeforeLoading()
    {
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const std::vector<SelfTest> known = testedGpu(golden.path("file"));
        qputenv("ROCMFORGE_EMULATOR_MEMORY", "1000000");
        const EmulatedGpu gpu("gfx1100");
        bool began = false;
        LoadOptions options{.device = ComputeDevice::gpu,
                            .n_gpu_layers = LoadOptions::all_layers,
                            .n_ctx = 128,
                            .self_tests = known,
                            .progress = [&](double) { return began = true; }};
        const auto refused = Engine::load(golden.path("file"), options);
        QVERIFY(!refused && !began);
        options.n_gpu_layers.reset();
        const auto onTheCpu = Engine::load(golden.path("file"), options);
        QCOMPARE(refused.error().kind, ErrorKind::out_of_memory);
        QVERIFY(QString::fromStdString(refused.error().message).contains("MiB are missing"));
        QVERIFY(QString::fromStdString(refused.error().remedy).contains("all layers on the CPU"));
        QVERIFY2(onTheCpu, errorText(onTheCpu));
        QVERIFY(QString::fromStdString((*onTheCpu)->backend_name()).startsWith("CPU"));
        QVERIFY(lastWarning(**onTheCpu).contains("GPU"));
    }

private:
    /// What is known of the GPU after a first load: its self-test takes memory too.
    static std::vector<SelfTest> testedGpu(const std::filesystem::path& model)
    {
        const EmulatedGpu gpu("gfx1100");
        std::vector<SelfTest> known;
        const auto loaded = Engine::load(
            model, {.device = ComputeDevice::gpu, .n_ctx = 128, .on_self_test = [&](const SelfTest& test) {
                        if (test.state == SelfTestState::passed)
                            known.push_back(test);
                    }});
        return known;
    }

    /// What requests that run at the same time were answered.
    struct Answers {
        QList<QList<int>> tokens;
        int n_reused = 0;
        std::string error, remedy; ///< the last one's
    };

    static Answers answers(Engine& engine, const std::vector<std::vector<int32_t>>& prompts)
    {
        Answers answers;
        answers.tokens.resize(std::ssize(prompts));
        int n_finished = 0;
        for (size_t i = 0; i < prompts.size(); ++i) {
            Request request{.prompt = prompts[i], .max_tokens = 6, .ignore_stop_tokens = true};
            request.sampling.temperature = 0;
            request.on_event = [&, i](const RequestEvent& event) {
                if (event.kind == RequestEvent::Kind::token)
                    answers.tokens[static_cast<qsizetype>(i)].append(event.token);
                if (event.kind != RequestEvent::Kind::finished)
                    return;
                ++n_finished;
                answers.n_reused += event.statistics.reused_tokens;
                if (event.error) {
                    answers.error = event.error->message;
                    answers.remedy = event.error->remedy;
                }
            };
            static_cast<void>(engine.submit(std::move(request)));
        }
        while (n_finished < static_cast<int>(prompts.size()))
            engine.step();
        return answers;
    }

    static QString lastWarning(const Engine& engine)
    {
        const std::vector<std::string>& warnings = engine.info().warnings;
        return warnings.empty() ? QString() : QString::fromStdString(warnings.back());
    }
};

QTEST_GUILESS_MAIN(HipHybridEngineTest)
#include "hip_hybrid_engine_test.moc"
