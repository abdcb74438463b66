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
        QTest::addColumn<Format>("format");
        for (int kind = 0; kind < int(std::size(adaptedKinds)); ++kind)
            for (const char* target : emulatedTargets) {
                QTest::addRow("%s, %s", adaptedKinds[kind].architecture, target)
                    << kind << target << Format::f32;
                QTest::addRow("quantized %s, %s", adaptedKinds[kind].architecture, target)
                    << kind << target << Format::q8_0;
            }
    }
    void logitsMatchReference()
    {
        QFETCH(const int, kind);
        QFETCH(const QString, target);
        QFETCH(const Format, format);
        const QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
        const std::filesystem::path adapterPath = dir.filePath("adapter.gguf").toStdString();
        const auto& [architecture, make] = adaptedKinds[kind];
        TinyModel model = make(format);
        QVERIFY(model.write(path));
        const Lora lora{.rank = 4, .alpha = 6, .scale = 0.5f, .format = Format::f16};
        QVERIFY(adapterFor(model, architecture, lora, 10).write(adapterPath));
        const auto open = [&](Backend& backend) -> Result<ModelSession> {
            Adapters adapters;
            for (const float scale : {lora.scale, -0.25f})
                TRY_STATUS(adapters.add(adapterPath, scale));
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
        // Vector kernels keep activations in F32 or round them to 8 bits, tiles round them to halves.
        const int few[] = {8, 8, 8, 1, 1}, many[] = {24, 1, 1};
        const auto wanted = expected->run(tokens);
        const auto onVectors = session->run(tokens, few);
        QVERIFY2(onVectors, errorText(onVectors));
        // Of rounded values a router may choose another expert for a token.
        const bool routes = architecture == std::string_view("qwen3moe");
        QCOMPARE_LT(nmse(*onVectors, *wanted), format == Format::f32 ? 1e-9 : routes ? 0.05 : 1e-3);
        const auto onTiles = session->run(tokens, many);
        QVERIFY2(onTiles, errorText(onTiles));
        QCOMPARE_LT(nmse(*onTiles, *wanted), 1e-3);
    }
};

QTEST_GUILESS_MAIN(HipAdaptersTest)
#include "hip_adapters_test.moc"
