#include "backend/cpu/cpu_backend.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "support/golden_model.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

enum : int { onCpu = 0, onGpu = 1 };

/// Both devices, as the engine has them.
struct Devices {
    explicit Devices(const QString& target)
        : gpu(target)
    {
    }

    Status start()
    {
        TRY(cpu, create_cpu_backend(1, ""));
        TRY_STATUS(gpu.start());
        all = {cpu.get(), &gpu.backend()};
        return {};
    }

    EmulatedGpu gpu;
    std::unique_ptr<Backend> cpu;
    std::vector<Backend*> all;
};

/// The experts of gpt-oss are MXFP4, which the CPU multiplies by 8-bit activations.
double toleranceOf(const QString& model)
{
    return model == "gpt-oss" ? 1e-3 : 1e-9;
}

std::vector<float> continued(ModelSession& session, const GoldenModel& golden)
{
    // So short that the GPU's products read activations as they are.
    const int chunks[] = {8, 8, 8, 8, 8, 8, 8, 4, 1, 1, 1, 1};
    const auto logits = session.run(golden.tokens(), chunks);
    if (!logits)
        qWarning("%s", logits.error().message.c_str());
    return logits.value_or(std::vector<float>(golden.logits().size()));
}

} // namespace

/// Models whose layers lie on two devices.
class HipHybridTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR); }

    void everySplitGivesTheLogits_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("target");
        const char* names[] = {"llama3-rope-freqs", "llama",     "gemma2",   "phi2",  "gemma4",
                               "deepseek2-mla",     "gpt-oss",   "qwen3moe", "mamba", "granitehybrid",
                               "qwen3next",         "command-r", "bloom"};
        for (size_t i = 0; i < std::size(names); ++i)
            QTest::newRow(names[i]) << names[i] << emulatedTargets[i % 2];
    }
    void everySplitGivesTheLogits()
    {
        QFETCH(QString, name);
        QFETCH(QString, target);
        const auto folder = modelFolder(name);
        if (folder.empty())
            QSKIP("There is no such golden model.");
        const GoldenModel golden(folder, name);
        int n_layers = 1;
        for (int n = 0; n <= n_layers; ++n) {
            Devices devices(target);
            QVERIFY(devices.start());
            auto session = ModelSession::open(
                golden.path("file"), devices.all,
                [n](const Config& config) { return Placement::split(config, n); }, KvType::f32);
            QVERIFY2(session, errorText(session));
            n_layers = session->model().config().n_layers;
            QCOMPARE_LT(nmse(continued(*session, golden), golden.logits()), toleranceOf(name));
        }
    }

    void expertsLieElsewhere_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("target");
        const char* names[] = {"qwen3moe", "deepseek2", "gpt-oss", "gemma4-moe", "qwen35moe"};
        for (size_t i = 0; i < std::size(names); ++i)
            QTest::newRow(names[i]) << names[i] << emulatedTargets[i % 2];
    }
    void expertsLieElsewhere()
    {
        QFETCH(QString, name);
        QFETCH(QString, target);
        const auto folder = modelFolder(name);
        if (folder.empty())
            QSKIP("There is no such golden model.");
        const GoldenModel golden(folder, name);
        Devices devices(target);
        QVERIFY(devices.start());
        const auto place = [](const Config& config) {
            Placement placement = Placement::split(config, config.n_layers);
            placement.place_experts(config, onCpu);
            return placement;
        };
        auto session = ModelSession::open(golden.path("file"), devices.all, place, KvType::f32);
        QVERIFY2(session, errorText(session));
        QVERIFY(session->model().placement().has_experts_of_others(onCpu));
        QCOMPARE(session->model().placement().n_layers_on(onGpu), session->model().config().n_layers);
        QCOMPARE_LT(nmse(continued(*session, golden), golden.logits()), toleranceOf(name));
    }
};

QTEST_GUILESS_MAIN(HipHybridTest)
#include "hip_hybrid_test.moc"
