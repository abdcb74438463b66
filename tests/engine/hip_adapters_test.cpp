// LoRA adapters on the emulated GPU against the CPU reference, which adapters_test holds to merged weights.
#include "backend/cpu/reference.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "tiny_adapters.h"

#include <QTemporaryDir>

using namespace rocmforge;
using namespace rocmforge::test;

class HipAdaptersTest : public QObject {
    Q_OBJECT

private slots:
    void logitsMatchReference_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("target");
        for (int kind = 0; kind < int(std::size(adaptedKinds)); ++kind)
            for (const char* target : emulatedTargets)
                QTest::addRow("%s, %s", adaptedKinds[kind].architecture, target) << kind << target;
    }
    void logitsMatchReference()
    {
        QFETCH(const int, kind);
        QFETCH(const QString, target);
        const QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
        const std::filesystem::path adapterPath = dir.filePath("adapter.gguf").toStdString();
        const auto& [architecture, make] = adaptedKinds[kind];
        TinyModel model = make(Format::f32);
        QVERIFY(model.write(path));
        const Lora lora{.rank = 4, .alpha = 6, .scale = 0.5f, .format = Format::f16};
        QVERIFY(adapterFor(model, architecture, lora, 10).write(adapterPath));
        const auto open = [&](Backend& backend) -> Result<ModelSession> {
            Adapters adapters;
            TRY_STATUS(adapters.add(adapterPath, lora.scale));
            return ModelSession::open(path, backend, KvType::f32, 64, std::move(adapters));
        };

        CpuReference reference;
        auto expected = open(reference);
        QVERIFY2(expected, errorText(expected));
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        auto session = open(gpu.backend());
        QVERIFY2(session, errorText(session));
        std::vector<int32_t> tokens;
        for (int i = 0; i < 26; ++i)
            tokens.push_back(i * i * 7 % int(vocab));
        // Vector kernels keep activations in F32, tiles round them to halves.
        const int few[] = {8, 8, 8, 1, 1}, many[] = {24, 1, 1};
        const auto wanted = expected->run(tokens);
        const auto onVectors = session->run(tokens, few);
        QVERIFY2(onVectors, errorText(onVectors));
        QCOMPARE_LT(nmse(*onVectors, *wanted), 1e-9);
        const auto onTiles = session->run(tokens, many);
        QVERIFY2(onTiles, errorText(onTiles));
        QCOMPARE_LT(nmse(*onTiles, *wanted), 1e-3);
    }
};

QTEST_GUILESS_MAIN(HipAdaptersTest)
#include "hip_adapters_test.moc"
