#include "backend/hip/kernel_archive.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryFile>
#include <QtTest>

#include <algorithm>

using namespace rocmforge;

namespace {

/// What the loader is told of one kernel.
struct KernelMetadata {
    QString name;
    QHash<QString, int> counts; ///< "vgpr_count", "private_segment_fixed_size" …
};

/// What a program of LLVM says of a code object.
QString describe(const char* program, const char* option, const hip::CodeObject& object)
{
    QTemporaryFile file;
    if (!file.open())
        return {};
    file.write(reinterpret_cast<const char*>(object.image.data()), qint64(object.image.size()));
    file.flush();
    QProcess process;
    process.start(program, {option, file.fileName()});
    return process.waitForFinished() ? QString::fromUtf8(process.readAllStandardOutput()) : QString();
}

/// The kernels in the notes, which llvm-readelf prints as one list entry each.
QList<KernelMetadata> kernelsOf(const hip::CodeObject& object)
{
    static const QRegularExpression name("^    \\.name: +(\\S+)", QRegularExpression::MultilineOption);
    static const QRegularExpression count("^    \\.(\\w+): +(\\d+)$", QRegularExpression::MultilineOption);
    QList<KernelMetadata> kernels;
    // Each entry of the list begins with a dash at the same depth.
    for (const QString& entry : describe(READELF, "--notes", object).split(QRegularExpression("\n  - "))) {
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
    void kernelsKeepToTheirRegisters_data() { addTargets(); }
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

    void codeProductsUseTheWidestInstructions_data() { addTargets(); }
    void codeProductsUseTheWidestInstructions()
    {
        QFETCH(QString, target);
        const auto objects = hip::code_objects(target.toStdString());
        QVERIFY(objects);
        const auto products = std::ranges::find_if(*objects, [](const hip::CodeObject& object) {
            return object.name.ends_with("/code_product.co");
        });
        QVERIFY(products != objects->end());
        const QString code = describe(OBJDUMP, "-d", *products);
        // 56 words of four codes in the kernels of one column, as many or more in those of eight.
        QVERIFY2(code.count(QRegularExpression("v_dot4c?_i32_i")) >= 2 * 56, "four products at once");
        QVERIFY2(code.contains(QRegularExpression("global_load_(b128|dwordx4)")), "16 bytes at once");
        QVERIFY2(!code.contains("flat_load"), "all loads are known to be from global memory");
    }

private:
    static void addTargets()
    {
        QTest::addColumn<QString>("target");
        for (const std::string& target : hip::kernel_targets())
            QTest::newRow(target.c_str()) << QString::fromStdString(target);
    }
};

QTEST_GUILESS_MAIN(CodeObjectsTest)
#include "code_objects_test.moc"
