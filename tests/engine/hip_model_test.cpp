#include "backend/cpu/reference.h"
#include "emulated_gpu.h"
#include "model_session.h"
#include "support/golden_model.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// All that the golden data has, whether we run them or not.
QStringList goldenModels()
{
    QFile file(QString::fromStdString((goldenDir() / "models/index.json").string()));
    QStringList names;
    if (file.open(QIODevice::ReadOnly))
        for (const QJsonValue model : QJsonDocument::fromJson(file.readAll()).object()["models"].toArray())
            names << model.toObject()["name"].toString();
    return names;
}

/// What loading says of architectures that the engine or the GPU backend does not have.
bool isNotForUs(ErrorKind kind)
{
    return kind == ErrorKind::unknown_architecture || kind == ErrorKind::unsupported;
}

/// Chunks that vector kernels take, whose activations are F32.
constexpr int shortChunks[] = {8, 8, 8, 8, 8, 8, 8, 4, 1, 1, 1, 1};

/// What tiles may lose: little more than the peer does where it rounds activations to halves too.
double halfTolerance(const GoldenModel& golden)
{
    double smallest = 1e-4;
    for (const QJsonValue nmse : golden.json["peer_half_precision_nmse"].toObject())
        smallest = std::min(smallest, nmse.toDouble());
    return 1.5 * smallest;
}

} // namespace

/// Golden models, end to end on the emulated GPU: half of them on waves of 32 lanes, half of 64.
class HipModelTest : public QObject {
    Q_OBJECT

private slots:
    void committedModelMatchesReference()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        const GoldenModel golden(dataDir() / "models", "llama3-rope-freqs");
        auto session = ModelSession::open(golden.path("file"), gpu.backend(), KvType::f32);
        QVERIFY2(session, errorText(session));
        const auto logits = session->run(golden.tokens(), shortChunks);
        QVERIFY2(logits, errorText(logits));
        QCOMPARE_LT(nmse(*logits, golden.logits()), 1e-9);
        session->clear();
        const auto onTiles = session->run(golden.tokens());
        QVERIFY2(onTiles, errorText(onTiles));
        QCOMPARE_LT(nmse(*onTiles, golden.logits()), halfTolerance(golden));
    }

    void eightBitCacheIsLikeTheReferences_data()
    {
        addRows({"llama3-rope-freqs", "gemma2", "deepseek2-mla"});
    }
    void eightBitCacheIsLikeTheReferences()
    {
        QFETCH(QString, name);
        QFETCH(QString, target);
        const bool isCommitted = name == "llama3-rope-freqs";
        if (!isCommitted)
            REQUIRE_GOLDEN();
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        CpuReference reference;
        const GoldenModel golden((isCommitted ? dataDir() : goldenDir()) / "models", name);
        const auto wanted = logitsOf(golden, reference), got = logitsOf(golden, gpu.backend());
        QVERIFY2(wanted, errorText(wanted));
        QVERIFY2(got, errorText(got));
        // Its rounding is a hundred times that; a code may be the next one where a key's last bit is another.
        QCOMPARE_LT(nmse(*got, *wanted), 1e-6);
    }

    void logitsMatchReference_data() { addRows(goldenModels()); }
    void logitsMatchReference()
    {
        REQUIRE_GOLDEN();
        QFETCH(QString, name);
        QFETCH(QString, target);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        const GoldenModel golden(goldenDir() / "models", name);
        auto session = ModelSession::open(golden.path("file"), gpu.backend(), KvType::f32);
        if (!session && isNotForUs(session.error().kind))
            QSKIP(session.error().message.c_str());
        QVERIFY2(session, errorText(session));
        const auto logits = session->run(golden.tokens(), shortChunks);
        QVERIFY2(logits, errorText(logits));
        // The experts of gpt-oss are MXFP4: activations are rounded to 8 bits for them.
        QCOMPARE_LT(nmse(*logits, golden.logits()), name == "gpt-oss" ? 1e-3 : 1e-9);
        session->clear();
        // A prompt, then answers to it: both kinds of kernels.
        const int chunks[] = {48, 12, 1, 1, 1, 1};
        const auto onTiles = session->run(golden.tokens(), chunks);
        QVERIFY2(onTiles, errorText(onTiles));
        QCOMPARE_LT(nmse(*onTiles, golden.logits()), halfTolerance(golden));
    }

    void quantizedModelIsAsCloseAsThePeer_data() { addRows({"q8_0", "q4_k", "q6_k", "mixed"}); }
    void quantizedModelIsAsCloseAsThePeer()
    {
        REQUIRE_GOLDEN();
        QFETCH(QString, name);
        QFETCH(QString, target);
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        const GoldenModel golden(goldenDir() / "models-quantized", "llama-256-" + name);
        auto session = ModelSession::open(golden.path("file"), gpu.backend(), KvType::f16);
        QVERIFY2(session, errorText(session));
        const int chunks[] = {48, 8, 5, 1, 1, 1};
        const auto logits = session->run(golden.tokens(), chunks);
        QVERIFY2(logits, errorText(logits));
        QCOMPARE_LT(nmse(*logits, golden.logits("exact_logits")), 1.5 * golden.json["peer_nmse"].toDouble());
    }

private:
    /// With keys and values in 8 bits.
    static Result<std::vector<float>> logitsOf(const GoldenModel& golden, Backend& backend)
    {
        TRY(auto session, ModelSession::open(golden.path("file"), backend, KvType::q8_0));
        return session.run(golden.tokens(), shortChunks);
    }

    static void addRows(const QStringList& names)
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("target");
        for (qsizetype i = 0; i < names.size(); ++i)
            QTest::newRow(qPrintable(names[i])) << names[i] << emulatedTargets[i % 2];
    }
};

QTEST_GUILESS_MAIN(HipModelTest)
#include "hip_model_test.moc"
