// The table of all reference data: what each test that went before counted. Nothing is skipped silently.
#include "support/golden.h"
#include "support/golden_tally.h"

using namespace rocmforge;

namespace {

constexpr const char* parts[] = {"quants",         "bad-gguf",        "tokenizers", "pieces",
                                 "chat_templates", "snippets",        "models",     "models-chunked",
                                 "models-greedy",  "models-quantized"};

} // namespace

class GoldenTableTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        REQUIRE_GOLDEN();
        if (test::tallyDir().isEmpty())
            QSKIP("ROCMFORGE_TALLY_DIR names no folder: run this through CTest");
        qInfo("%-18s %8s %8s %8s", "part", "cases", "passed", "skipped");
    }

    void everyCaseIsAccountedFor_data()
    {
        QTest::addColumn<QString>("part");
        for (const char* part : parts)
            QTest::newRow(part) << QString(part);
    }
    void everyCaseIsAccountedFor()
    {
        QFETCH(QString, part);
        QFile file(QDir(test::tallyDir()).filePath(part + ".json"));
        QVERIFY2(file.open(QIODevice::ReadOnly), "the test of this part has not counted anything");
        const QJsonObject tally = QJsonDocument::fromJson(file.readAll()).object();
        const int cases = tally["cases"].toInt(), passed = tally["passed"].toInt();
        int skipped = 0;
        QByteArrayList reasons;
        for (const QJsonValue entry : tally["skipped"].toArray()) {
            skipped += entry["cases"].toInt();
            reasons += entry["reason"].toString().toUtf8();
        }
        qInfo("%-18s %8d %8d %8d", qPrintable(part), cases, passed, skipped);
        for (const QByteArray& reason : reasons)
            qInfo("  skipped: %s", reason.constData());
        QVERIFY(cases > 0);
        QCOMPARE(passed + skipped, cases);
        QVERIFY(!reasons.contains(QByteArray()));
    }
};

QTEST_APPLESS_MAIN(GoldenTableTest)
#include "golden_table_test.moc"
