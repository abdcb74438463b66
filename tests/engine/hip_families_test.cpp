// Decoders that no reference data covers, on the emulated GPU against the CPU reference, which
// plain_families_test holds to their restatements.
#include "backend/cpu/reference.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "plain_families.h"

#include <QTemporaryDir>

using namespace rocmforge;
using namespace rocmforge::test;

class HipFamiliesTest : public QObject {
    Q_OBJECT

private slots:
    void logitsMatchReference_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QString>("target");
        const auto families = plainFamilies();
        for (int i = 0; i < int(families.size()); ++i)
            for (const char* target : emulatedTargets)
                QTest::addRow("%s, %s", families[size_t(i)].name, target) << i << target;
    }
    void logitsMatchReference()
    {
        QFETCH(int, index);
        QFETCH(QString, target);
        const QTemporaryDir dir;
        const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
        QVERIFY(plainFamilies()[size_t(index)].model.write(path));
        CpuReference reference;
        auto expected = ModelSession::open(path, reference, KvType::f32);
        QVERIFY2(expected, errorText(expected));
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        auto session = ModelSession::open(path, gpu.backend(), KvType::f32);
        QVERIFY2(session, errorText(session));
        // Vector kernels keep activations in F32, tiles round them to halves.
        const auto tokens = familyTokens(26);
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

QTEST_GUILESS_MAIN(HipFamiliesTest)
#include "hip_families_test.moc"
