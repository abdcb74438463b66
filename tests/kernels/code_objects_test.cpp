#include "backend/hip/kernel_archive.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QtTest>

using namespace rocmforge;

namespace {

/// What the loader is told of one kernel.
struct KernelMetadata {
    QString name;
    QHash<QString, int> counts; ///< "vgpr_count", "private_segment_fixed_size" …
};

/// The notes of a code object, as llvm-readelf prints them: one list entry per kernel.
QString notesOf(const hip::CodeObject& object)
{
    QTemporaryFile file;
    if (!file.open())
        return {};
    file.write(reinterpret_cast<const char*>(object.image.data()), qint64(object.image.size()));
    file.flush();
    QProcess readelf;
    readelf.start(READELF, {"--notes", file.fileName()});
    return readelf.waitForFinished() ? QString::fromUtf8(readelf.readAllStandardOutput()) : QString();
}

QList<KernelMetadata> kernelsOf(const hip::CodeObject& object)
{
    static const QRegularExpression name("^    \\.name: +(\\S+)", QRegularExpression::MultilineOption);
    static const QRegularExpression count("^    \\.(\\w+): +(\\d+)$", QRegularExpression::MultilineOption);
    QList<KernelMetadata> kernels;
    // Each entry of the list begins with a dash at the same depth.
    for (const QString& entry : notesOf(object).split(QRegularExpression("\n  - "))) {
        KernelMetadata kernel;
        kernel.name = name.match(entry).captured(1);
        for (auto found = count.globalMatch(entry); found.hasNext();) {
            const auto match = found.next();
            kernel.counts[match.captured(1)] = match.captured(2).toInt();
        }
        if (!kernel.name.isEmpty())
            kernels << kernel;
    }
    return kernels;
}

} // namespace

class CodeObjectsTest : public QObject {
    Q_OBJECT

private slots:
    void kernelsKeepToTheirRegisters_data()
    {
        QTest::addColumn<QString>("target");
        for (const std::string& target : hip::kernel_targets())
            QTest::newRow(target.c_str()) << QString::fromStdString(target);
    }
    void kernelsKeepToTheirRegisters()
    {
        QFETCH(QString, target);
        constexpr int mostLocalMemory = 65536;
        int nKernels = 0;
        const auto objects = hip::code_objects(target.toStdString());
        QVERIFY(objects);
        for (const hip::CodeObject& object : *objects) {
            const QList<KernelMetadata> kernels = kernelsOf(object);
            QVERIFY2(!kernels.isEmpty(), object.name.c_str());
            for (const KernelMetadata& kernel : kernels) {
                const QByteArray name = kernel.name.toUtf8();
                QVERIFY2(kernel.counts.value("vgpr_count") > 0, name);
                QVERIFY2(kernel.counts.value("vgpr_spill_count", -1) == 0, name);
                QVERIFY2(kernel.counts.value("sgpr_spill_count", -1) == 0, name);
                QVERIFY2(kernel.counts.value("private_segment_fixed_size", -1) == 0, name);
                QVERIFY2(kernel.counts.value("group_segment_fixed_size", -1) <= mostLocalMemory, name);
            }
            nKernels += int(kernels.size());
        }
        QVERIFY(nKernels > 100);
    }
};

QTEST_GUILESS_MAIN(CodeObjectsTest)
#include "code_objects_test.moc"
