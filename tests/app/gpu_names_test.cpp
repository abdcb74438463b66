#include "hardware/gpu_names.h"

#include <QTemporaryDir>
#include <QtTest>

class GpuNamesTest : public QObject {
    Q_OBJECT

private slots:
    void nameIsFound_data()
    {
        QTest::addColumn<int>("device");
        QTest::addColumn<int>("revision");
        QTest::addColumn<QString>("name");
        QTest::newRow("in our table") << 0x744c << 0xc8 << "AMD Radeon RX 7900 XTX";
        QTest::newRow("its revision counts") << 0x744c << 0xcc << "AMD Radeon RX 7900 XT";
        QTest::newRow("only in the file") << 0x7999 << 0xc1 << "AMD Radeon RX 9990";
        QTest::newRow("the file knows a revision that we do not") << 0x164e << 0xd8 << "AMD Radeon 610M";
        QTest::newRow("any revision") << 0x164e << 0xc1 << "AMD Radeon Graphics";
        QTest::newRow("nowhere") << 0x7998 << 0x00 << "AMD GPU (0x7998)";
        QTest::newRow("unreadable id") << -1 << -1 << "AMD GPU";
    }
    void nameIsFound()
    {
        QFETCH(int, device);
        QFETCH(int, revision);
        QTemporaryDir directory;
        QFile file(directory.filePath("amdgpu.ids"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "# List of AMDGPU IDs\n\n1.0.0\n7999,\tC1,\tAMD Radeon RX 9990\n164E,\tD8,\tAMD Radeon 610M\n");
        file.close();
        QTEST(gpuName(device, revision, file.fileName()), "name");
    }

    void missingFileIsNoHarm()
    {
        QCOMPARE(gpuName(0x7999, 0xc1, "/nonexistent"), QStringLiteral("AMD GPU (0x7999)"));
    }
};

QTEST_GUILESS_MAIN(GpuNamesTest)
#include "gpu_names_test.moc"
