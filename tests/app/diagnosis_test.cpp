#include "hardware/diagnosis.h"
#include "threads/worker.h"

#include "test_app.h"

#include <QClipboard>
#include <QtTest>

using namespace rocmforge::test;

class DiagnosisTest : public QObject {
    Q_OBJECT

private slots:
    void reportIsMadeOnTheWorkerAndCopied()
    {
        const QTemporaryDir directory;
        Worker worker(QStringLiteral("test"));
        Diagnosis diagnosis(worker, directory.path().toStdString());
        QVERIFY(diagnosis.report().isEmpty());
        diagnosis.run();
        QVERIFY(diagnosis.running());
        QVERIFY(diagnosis.report().isEmpty()); // the GUI thread did not wait
        WAIT_FOR(!diagnosis.running());
        QVERIFY2(diagnosis.report().contains("models run on"), qPrintable(diagnosis.report()));
        diagnosis.copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), diagnosis.report());
    }
};

QTEST_MAIN(DiagnosisTest)
#include "diagnosis_test.moc"
