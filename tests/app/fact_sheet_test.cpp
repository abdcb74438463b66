#include "models/fact_sheet.h"
#include "models/model_facts.h"

#include "support/golden.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

namespace {

QString demoModel()
{
    return QStringLiteral(ROCMFORGE_SOURCE_DIR "/resources/demo-model/ember-10m-q8_0.gguf");
}

QString value(const FactSheet& sheet, const char* label)
{
    for (const QVariant& row : sheet.rows()) {
        if (row.toMap().value(QStringLiteral("label")) == QString::fromLatin1(label))
            return row.toMap().value(QStringLiteral("value")).toString();
    }
    return {};
}

} // namespace

class FactSheetTest : public QObject {
    Q_OBJECT

private slots:
    void modelIsDescribedFromItsHeader()
    {
        FactSheet sheet(demoModel());
        QVERIFY(!sheet.ready());
        sheet.fill(FactSheet::read(sheet.path()), 1'000'000'000);
        QVERIFY(sheet.ready() && sheet.valid() && sheet.canLoad() && sheet.fits());
        QCOMPARE(value(sheet, "Architecture"), QStringLiteral("llama"));
        QCOMPARE(value(sheet, "Quantization"), QStringLiteral("Q8_0"));
        QCOMPARE(value(sheet, "Parameters"), QStringLiteral("8.9 M"));
        QCOMPARE(value(sheet, "Layers"), QStringLiteral("10"));
        QCOMPARE(sheet.sizeText(), QStringLiteral("9.6 MB"));
        QVERIFY(sheet.fitText().contains(QStringLiteral("1.0 GB of memory are free")));
    }

    void tooLittleMemoryIsSaidWithNumbers()
    {
        FactSheet sheet(demoModel());
        sheet.fill(FactSheet::read(sheet.path()), 1'000'000);
        QVERIFY(!sheet.fits());
        QVERIFY(sheet.fitText().contains(QStringLiteral("Only 1.0 MB of memory are free")));
    }

    void memoryOfEachDeviceIsASentence()
    {
        rocmforge::LoadPlan plan;
        plan.n_layers = 32;
        plan.kv_type = rocmforge::KvType::q8_0;
        plan.devices.push_back({.device = "CPU", .has_experts = true, .weights = 3'000'000'000});
        plan.devices.push_back({.device = "GPU",
                                .n_layers = 32,
                                .weights = 1'000'000'000,
                                .kv_cache = 500'000'000,
                                .scratch = 100'000'000,
                                .free = 8'000'000'000});
        QStringList lines;
        for (const QVariant& row : memoryFacts(plan))
            lines << row.toMap().value(QStringLiteral("value")).toString();
        QCOMPARE(lines.size(), 2);
        QVERIFY2(lines[0].startsWith(QStringLiteral("CPU computes the experts with 3.0 GB")),
                 qPrintable(lines[0]));
        QCOMPARE(lines[1],
                 QStringLiteral("GPU computes all layers with 1.6 GB of the 8.0 GB that were free: "
                                "weights 1.0 GB, Q8_0 KV cache 500 MB, activations 100 MB."));
    }

    void pathThatIsNoFileIsExplained_data()
    {
        QTest::addColumn<QString>("path");
        QTest::newRow("missing") << QStringLiteral("/nowhere/model.gguf");
        QTest::newRow("folder") << QStringLiteral("/tmp");
        QTest::newRow("text") << QStringLiteral(ROCMFORGE_SOURCE_DIR "/LICENSE");
    }
    void pathThatIsNoFileIsExplained()
    {
        QFETCH(QString, path);
        FactSheet sheet(path);
        sheet.fill(FactSheet::read(path), 0);
        QVERIFY(sheet.ready() && !sheet.valid() && !sheet.canLoad());
        QVERIFY(!sheet.error().isEmpty());
        QVERIFY(!sheet.remedy().isEmpty());
    }

    void unknownArchitectureThatCanBeTriedIsOffered()
    {
        rocmforge::ModelInfo info;
        info.unsupported = "The model's architecture 'alien' is not supported.";
        info.can_try_as = "llama";
        FactSheet sheet(QStringLiteral("model.gguf"));
        sheet.fill(info, 1'000'000'000);
        QVERIFY(sheet.valid() && !sheet.canLoad());
        QCOMPARE(sheet.canTryAs(), QStringLiteral("llama"));
        QVERIFY(sheet.remedy().contains(QStringLiteral("llama")));
    }

    void badFileIsExplained_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("must");
        const auto folder = rocmforge::test::goldenDir() / "bad-gguf";
        QFile index(QString::fromStdString((folder / "index.json").string()));
        if (!index.open(QIODevice::ReadOnly))
            return;
        const QJsonArray files = QJsonDocument::fromJson(index.readAll())[QStringLiteral("cases")].toArray();
        for (const QJsonValue& file : files) {
            const QString name = file[QStringLiteral("file")].toString();
            QTest::addRow("%s", qPrintable(name)) << QString::fromStdString(folder.string())
                    + QLatin1Char('/') + name << file[QStringLiteral("must")].toString();
        }
    }
    void badFileIsExplained()
    {
        REQUIRE_GOLDEN();
        QFETCH(QString, path);
        QFETCH(QString, must);
        FactSheet sheet(path);
        sheet.fill(FactSheet::read(path), 1'000'000'000);
        QVERIFY(sheet.ready());
        QVERIFY(sheet.canLoad() || !sheet.error().isEmpty());
        if (must == QLatin1String("accept"))
            QVERIFY2(sheet.valid(), qPrintable(sheet.error()));
    }
};

QTEST_GUILESS_MAIN(FactSheetTest)
#include "fact_sheet_test.moc"
