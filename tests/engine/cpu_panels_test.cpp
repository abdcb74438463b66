#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/panels.h"

#include <QtTest>

#include <cmath>
#include <random>
#include <string>
#include <vector>

using namespace rocmforge;
using namespace rocmforge::cpu;

namespace {

/// Any bytes; of TQ1_0, whose bytes have but 243 values that differ, only those that its quantizer writes.
std::vector<std::byte> randomRows(Format format, int64_t nWeights)
{
    std::mt19937 generator(1);
    std::vector<std::byte> rows(static_cast<size_t>(format_bytes(format, nWeights)));
    if (format == Format::tq1_0) {
        std::vector<float> weights(static_cast<size_t>(nWeights));
        for (float& weight : weights)
            weight = static_cast<float>(generator() % 3) - 1;
        format_info(format).quantize(weights.data(), rows.data(), nWeights);
        return rows;
    }
    for (std::byte& byte : rows)
        byte = static_cast<std::byte>(generator());
    return rows;
}

} // namespace

class CpuPanelsTest : public QObject {
    Q_OBJECT

private slots:
    void memoryOfWeightsIsThatOfTheirPanels()
    {
        constexpr int64_t n_in = 512;
        for (const FormatInfo& info : formats()) {
            const int64_t inFile = cpu::panel_rows * format_bytes(info.format, n_in);
            QCOMPARE(cpu_weight_bytes(info.format, inFile), cpu::panel_bytes(info.format, n_in));
        }
    }

    /// Each format's ratio to the file, which people are told.
    void codebooksTakeMore_data()
    {
        QTest::addColumn<Format>("format");
        QTest::addColumn<int>("percentMore");
        QTest::newRow("IQ2_XXS") << Format::iq2_xxs << 55;
        QTest::newRow("IQ2_XS") << Format::iq2_xs << 43;
        QTest::newRow("IQ2_S") << Format::iq2_s << 29;
        QTest::newRow("IQ3_XXS") << Format::iq3_xxs << 37;
        QTest::newRow("IQ1_S") << Format::iq1_s << 40;
        QTest::newRow("TQ1_0") << Format::tq1_0 << 22;
        QTest::newRow("Q4_K") << Format::q4_k << 0;
    }
    void codebooksTakeMore()
    {
        QFETCH(Format, format);
        QFETCH(int, percentMore);
        const int64_t inFile = format_bytes(format, 1 << 20);
        QCOMPARE(std::lround(100.0 * static_cast<double>(cpu_weight_bytes(format, inFile))
                             / static_cast<double>(inFile)),
                 100L + percentMore);
    }

    void rowsComeBackUnchanged_data()
    {
        QTest::addColumn<Format>("format");
        for (const FormatInfo& info : formats())
            QTest::addRow("%s", std::string(info.name).c_str()) << info.format;
    }
    void rowsComeBackUnchanged()
    {
        QFETCH(Format, format);
        const int64_t nIn = 3 * format_info(format).block_weights;
        const auto rowBytes = static_cast<size_t>(format_bytes(format, nIn));
        for (const int nRows : {16, 5}) {
            const std::vector<std::byte> rows = randomRows(format, nRows * nIn);
            std::vector<std::byte> row(rowBytes);
            std::vector<std::byte> panel(static_cast<size_t>(panel_bytes(format, nIn)));
            pack_panel(format, nIn, rows.data(), nRows, panel.data());
            for (int r = 0; r < nRows; ++r) {
                unpack_row(format, nIn, panel.data(), r, row.data());
                QVERIFY(std::equal(row.begin(), row.end(), rows.begin() + r * std::ssize(row)));
            }
        }
    }
};

QTEST_GUILESS_MAIN(CpuPanelsTest)
#include "cpu_panels_test.moc"
