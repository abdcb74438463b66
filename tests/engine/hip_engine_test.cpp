#include "emulated_gpu.h"
#include "support/golden_model.h"

#include <rocmforge/engine.h>

using namespace rocmforge;
using namespace rocmforge::test;

/// The engine on the GPU, as applications use it.
class HipEngineTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR); }

    void modelRunsOnTheGpuOnRequest()
    {
        const EmulatedGpu gpu("gfx90a");
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        const auto engine = Engine::load(golden.path("file"), onGpu());
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(QString::fromStdString((*engine)->backend_name()).startsWith("GPU"));
        const auto logits = (*engine)->logits(golden.tokens(), 16);
        QVERIFY(logits);
        QVERIFY(nmse(*logits, golden.logits()) < 1e-5);
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
        const auto engine = Engine::load(golden.path("file"), onGpu());
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
        const auto engine = Engine::load(golden.path("file"), onGpu());
        QVERIFY2(engine, engine ? "" : engine.error().message.c_str());
        QVERIFY(QString::fromStdString((*engine)->backend_name()).contains("gfx1100"));
    }

private:
    static LoadOptions onGpu()
    {
        LoadOptions options;
        options.device = ComputeDevice::gpu;
        options.n_ctx = 128;
        return options;
    }
};

QTEST_GUILESS_MAIN(HipEngineTest)
#include "hip_engine_test.moc"
