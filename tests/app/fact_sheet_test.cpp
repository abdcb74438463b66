#include "models/fact_sheet.h"

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
