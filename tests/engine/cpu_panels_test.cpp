#include "backend/cpu/cpu_backend.h"
#include "backend/cpu/panels.h"

#include <QtTest>

#include <random>
#include <vector>

using namespace rocmforge;
using namespace rocmforge::cpu;

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
        QCOMPARE(cpu_weight_bytes(Format::q4_k, 1000 * 144), int64_t(1000 * 144));
        QVERIFY(cpu_weight_bytes(Format::iq2_xxs, 66'000) > 66'000);
    }

    void rowsComeBackUnchanged_data()
    {
        QTest::addColumn<Format>("format");
        for (const FormatInfo& info : formats())
            QTest::addRow("%s", info.name.data()) << info.format;
    }
    void rowsComeBackUnchanged()
    {
        QFETCH(Format, format);
        const int64_t nIn = 3 * format_info(format).block_weights;
        const auto rowBytes = static_cast<size_t>(format_bytes(format, nIn));
        std::mt19937 generator(1);
        for (const int nRows : {16, 5}) {
            std::vector<std::byte> rows(rowBytes * static_cast<size_t>(nRows)), row(rowBytes);
            for (std::byte& byte : rows)
                byte = static_cast<std::byte>(generator());
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
