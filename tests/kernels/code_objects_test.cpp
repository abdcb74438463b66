#include "backend/hip/kernel_archive.h"
#include "kernels/code_formats.h"
#include "quant/formats.h"

#include <rocmforge/kernel_table.h>

#include <QRegularExpression>
#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace rocmforge;

namespace {

#define ROCMFORGE_COUNT(format, block) +1
constexpr int nCodeFormats = 0 ROCMFORGE_CODE_FORMATS(ROCMFORGE_COUNT);
#undef ROCMFORGE_COUNT

QString nameOf(const GpuKernel& kernel)
{
    return QString::fromStdString(kernel.name);
}

/// Kernels whose names say so, for people who look at a failure too.
std::vector<GpuKernel> kernelsLike(const QString& pattern, const QString& target)
{
    const QRegularExpression name('^' + pattern + '$');
    std::vector<GpuKernel> kernels = gpu_kernels();
    std::erase_if(kernels, [&](const GpuKernel& kernel) {
        return kernel.target != target.toStdString() || !name.match(nameOf(kernel)).hasMatch();
    });
    return kernels;
}

/// Whether the target has an instruction for four products of 8-bit numbers.
bool hasDot4(const QString& target)
{
    static const QRegularExpression with("^gfx(90[68]|90a|942|101[12]|103.|11..|12..)$");
    return with.match(target).hasMatch();
}

/// Whether the target multiplies matrix tiles.
bool hasMatrixTiles(const QString& target)
{
    static const QRegularExpression with("^gfx(908|90a|94.|95.|11..|12..)$");
    return with.match(target).hasMatch();
}

/// Bytes that can be loaded 16 at a time.
int inWideLoads(double bytes)
{
    return static_cast<int>(bytes) / 16 * 16;
}

/// The format in a name like "code_product_q4_k_1"; null where there are two.
const FormatInfo* formatOf(const GpuKernel& kernel)
{
    static const QRegularExpression pattern("product_(.+)_1$");
    const auto format = format_from_name(pattern.match(nameOf(kernel)).captured(1).toStdString());
    return format ? &format_info(*format) : nullptr;
}

} // namespace

/// What the device compiler made of the kernels, as the build counted it.
class CodeObjectsTest : public QObject {
    Q_OBJECT

private slots:
    void kernelsKeepToTheirRegisters_data() { addTargets(); }
    void kernelsKeepToTheirRegisters()
    {
        QFETCH(QString, target);
        constexpr int mostLocalMemory = 65536;
        const std::vector<GpuKernel> kernels = kernelsLike(".*", target);
        QVERIFY(kernels.size() > 100);
        for (const GpuKernel& kernel : kernels) {
            QVERIFY2(kernel.vgprs > 0, kernel.name.c_str());
            QVERIFY2(kernel.spills == 0, kernel.name.c_str());
            QVERIFY2(kernel.local_bytes <= mostLocalMemory, kernel.name.c_str());
            QVERIFY2(kernel.waves_per_simd >= 1, kernel.name.c_str());
        }
    }

    void productsOfCodesUseDot4_data() { addTargets(); }
    void productsOfCodesUseDot4()
    {
        QFETCH(QString, target);
        if (!hasDot4(target))
            QSKIP("the target has no such instruction");
        const std::vector<GpuKernel> kernels = kernelsLike("(code|gated|residual)_product_.*", target);
        QVERIFY(!kernels.empty());
        for (const GpuKernel& kernel : kernels)
            QVERIFY2(kernel.dot4 > 0, kernel.name.c_str());
    }

    void tilesUseMatrixInstructions_data() { addTargets(); }
    void tilesUseMatrixInstructions()
    {
        QFETCH(QString, target);
        if (!hasMatrixTiles(target))
            QSKIP("the target has no such instructions");
        // F32 weights are not rounded to halves, and so multiplied one by one.
        const std::vector<GpuKernel> kernels = kernelsLike("(product_(?!f32_)|attention_).*_tile_.*", target);
        QVERIFY(kernels.size() > 20);
        for (const GpuKernel& kernel : kernels)
            QVERIFY2(kernel.matrix > 0, kernel.name.c_str());
    }

    void codesAreLoadedSixteenBytesAtATime_data() { addTargets(); }
    void codesAreLoadedSixteenBytesAtATime()
    {
        QFETCH(QString, target);
        if (!hasDot4(target))
            QSKIP("weights are counted by that instruction");
        int nKernels = 0;
        for (const GpuKernel& kernel : kernelsLike("(code|gated|residual)_product_.*_1", target)) {
            const FormatInfo* format = formatOf(kernel);
            if (!format)
                continue;
            ++nKernels;
            // Scales and minima are no whole bits of a weight: they may be loaded in less.
            const double bits = std::floor(8.0 * format->block_bytes / format->block_weights);
            // Rows that are multiplied with the same activations: up to two of gate and of up, or two where
            // a workgroup has a wave for so many.
            const int rows = nameOf(kernel).startsWith("gated") ? 4
                : nameOf(kernel).startsWith("residual")         ? 2
                                                                : 1;
            const int activations = kernel.loop_weights / rows;
            // Blocks of 32 weights are loaded one by one.
            const int codes = format->block_weights == 32
                ? kernel.loop_weights / 32 * inWideLoads(format->block_bytes)
                : inWideLoads(kernel.loop_weights * bits / 8);
            const int wanted = inWideLoads(activations) + codes;
            QVERIFY(kernel.loop_weights > 0);
            QVERIFY2(kernel.loop_wide_bytes >= wanted, kernel.name.c_str());
        }
        QCOMPARE(nKernels, 3 * nCodeFormats);
    }

    void keysAreLoadedSixteenBytesAtATime_data() { addTargets(); }
    void keysAreLoadedSixteenBytesAtATime()
    {
        QFETCH(QString, target);
        // Tiles take eight elements at a time, which are 8 bytes of codes.
        const std::vector<GpuKernel> kernels = kernelsLike("attention_(f32_.*|f16_.*|q8_0_[0-9]+)", target);
        QCOMPARE(kernels.size(), size_t(11));
        for (const GpuKernel& kernel : kernels)
            QVERIFY2(kernel.widest_load >= 16, kernel.name.c_str());
    }

    void decodingIsNotLimitedByInstructions_data()
    {
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<double>("margin");
        const auto add = [](const char* format, double margin) {
            for (const char* kernel : {"code", "gated", "residual"})
                QTest::addRow("%s %s", kernel, format)
                    << QString("%1_product_%2_1").arg(kernel, format) << margin;
        };
        for (const char* format : {"q4_0", "q4_k", "q5_k", "q6_k", "q8_0"})
            add(format, 1.5);
        for (const char* format : {"q4_1", "q5_0", "q5_1", "q2_k", "q3_k", "iq4_nl", "iq4_xs", "mxfp4"})
            add(format, 1.2);
    }
    void decodingIsNotLimitedByInstructions()
    {
        QFETCH(QString, kernel);
        QFETCH(double, margin);
        constexpr double memory = 960e9; // of a Radeon RX 7900 XTX
        const std::vector<GpuKernel> found = kernelsLike(kernel, "gfx1100");
        if (found.empty() && kernelsLike(".*", "gfx1100").empty())
            QSKIP("this build has no kernels for gfx1100");
        QCOMPARE(found.size(), size_t(1));
        QVERIFY2(found[0].ceiling >= margin * memory, qPrintable(QString::number(found[0].ceiling / 1e9)));
        QVERIFY2(found[0].waves_per_simd >= 10, qPrintable(QString::number(found[0].waves_per_simd)));
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
