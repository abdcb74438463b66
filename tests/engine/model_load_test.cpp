// Loading: what is wrong with a file is said, never computed with.
#include "backend/cpu/reference.h"
#include "model/architectures.h"
#include "model_session.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

const QHash<QString, ErrorKind>& modelErrors()
{
    static const QHash<QString, ErrorKind> kinds{
        {"unknown_architecture", ErrorKind::unknown_architecture},
        {"missing_metadata", ErrorKind::missing_metadata},
        {"wrong_metadata_type", ErrorKind::wrong_metadata_type},
        {"invalid_value", ErrorKind::invalid_value},
        {"missing_tensor", ErrorKind::missing_tensor},
        {"shape_mismatch", ErrorKind::shape_mismatch},
        {"non_finite_weights", ErrorKind::non_finite_weights},
    };
    return kinds;
}

QJsonArray badFiles()
{
    QFile file(QString::fromStdString((goldenDir() / "bad-gguf/index.json").string()));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll()).object()["cases"].toArray();
}

} // namespace

class ModelLoadTest : public QObject {
    Q_OBJECT

private slots:
    void badFilesGiveTheirError_data()
    {
        REQUIRE_GOLDEN();
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("kind");
        for (const QJsonValue file : badFiles()) {
            const QString stage = file["stage"].toString();
            const auto kind = modelErrors().find(file["kind"].toString());
            if ((stage == "load" || stage == "weights") && kind != modelErrors().end())
                QTest::newRow(qPrintable(file["what"].toString())) << file["file"].toString() << int(*kind);
        }
    }
    void badFilesGiveTheirError()
    {
        QFETCH(QString, name);
        QFETCH(int, kind);
        const auto session = openGolden(name);
        QVERIFY(!session);
        QCOMPARE(int(session.error().kind), kind);
        QVERIFY(!session.error().message.empty());
        QVERIFY(!session.error().remedy.empty());
    }

    void validFilesLoad_data()
    {
        REQUIRE_GOLDEN();
        QTest::addColumn<QString>("name");
        for (const QJsonValue file : badFiles())
            if (file["must"].toString() == "accept")
                QTest::newRow(qPrintable(file["what"].toString())) << file["file"].toString();
    }
    void validFilesLoad()
    {
        QFETCH(QString, name);
        const auto session = openGolden(name);
        QVERIFY2(session, errorText(session));
    }

    void noFileCrashes_data()
    {
        REQUIRE_GOLDEN();
        QTest::addColumn<QString>("name");
        for (const QJsonValue file : badFiles())
            QTest::newRow(qPrintable(file["file"].toString())) << file["file"].toString();
    }
    void noFileCrashes()
    {
        QFETCH(QString, name);
        if (auto session = openGolden(name))
            QVERIFY(session->run(std::array{1, 2, 3}));
    }

    void shapeErrorNamesTensorAndBothShapes()
    {
        REQUIRE_GOLDEN();
        const auto session = openGolden("tensor-transposed.gguf");
        QVERIFY(!session);
        const auto message = QString::fromStdString(session.error().message);
        QVERIFY2(message.contains("'blk.0.ffn_down.weight'"), qPrintable(message));
        QVERIFY2(message.contains("16 × 32") && message.contains("32 × 16"), qPrintable(message));
    }

    void unknownArchitectureNamesTheNearest()
    {
        const auto architecture = find_architecture("qwen33");
        QVERIFY(!architecture);
        QCOMPARE(architecture.error().kind, ErrorKind::unknown_architecture);
        QVERIFY(architecture.error().message.contains("'qwen33'"));
        QVERIFY(architecture.error().message.contains(" qwen3,"));
    }

    void loadingReportsProgress()
    {
        std::vector<double> reported;
        QVERIFY(load([&](double done) {
            reported.push_back(done);
            return true;
        }));
        QVERIFY(std::ranges::is_sorted(reported));
        QCOMPARE(reported.front(), 0.0);
        QCOMPARE(reported.back(), 1.0);
        QCOMPARE_GT(reported.size(), 10u);
    }

    void loadingCanBeCancelled()
    {
        const auto model = load([](double done) { return done < 0.5; });
        QVERIFY(!model);
        QCOMPARE(model.error().kind, ErrorKind::cancelled);
    }

    void tokensOutsideOfTheVocabularyAreRefused()
    {
        auto session = ModelSession::open(committedModel(), backend_, KvType::f16);
        QVERIFY2(session, errorText(session));
        for (const int32_t token : {-1, session->vocabSize()}) {
            const auto logits = session->run({&token, 1});
            QVERIFY(!logits);
            QCOMPARE(logits.error().kind, ErrorKind::invalid_request);
        }
    }

    void batchBeyondTheStateIsRefused()
    {
        auto session = ModelSession::open(committedModel(), backend_, KvType::f16, 4);
        QVERIFY2(session, errorText(session));
        const auto logits = session->run(std::vector<int32_t>(5, 1));
        QVERIFY(!logits);
        QCOMPARE(logits.error().kind, ErrorKind::invalid_request);
    }

    void stateTakesTheBytesThatWerePlanned()
    {
        const auto session = ModelSession::open(committedModel(), backend_, KvType::f16);
        QVERIFY2(session, errorText(session));
        // x, share, q, y, h and gate are 128 wide, k and v 64, logits 512.
        QCOMPARE(state_bytes(session->model().config(), 10, 3), 4 * (10 * (6 * 128 + 2 * 64) + 3 * 512));
    }

private:
    static std::filesystem::path committedModel() { return dataDir() / "models/llama3-rope-freqs.gguf"; }

    Result<ModelSession> openGolden(const QString& name)
    {
        return ModelSession::open(goldenDir() / "bad-gguf" / name.toStdString(), backend_, KvType::f32);
    }

    Result<std::shared_ptr<const Model>> load(const std::function<bool(double)>& progress)
    {
        TRY(file_, gguf::File::open(committedModel()));
        TRY(const Config config, read_config(file_));
        return Model::load(file_, config, backend_, {.progress = progress});
    }

    CpuReference backend_;
    gguf::File file_;
};

QTEST_APPLESS_MAIN(ModelLoadTest)
#include "model_load_test.moc"
