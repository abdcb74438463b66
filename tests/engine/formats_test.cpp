#include "quant/formats.h"
#include "quant/half.h"

#include "support/golden.h"
#include "support/golden_tally.h"

#include <QtTest>

#include <bit>
#include <cmath>
#include <string>

using namespace rocmforge;

namespace {

std::string fileName(std::string_view format, const char* suffix)
{
    std::string name(format);
    for (char& c : name)
        c = static_cast<char>(std::tolower(c));
    return name + suffix;
}

/// Bits of a float with both zeros alike.
uint32_t bitsOf(float value)
{
    return value == 0 ? 0 : std::bit_cast<uint32_t>(value);
}

void compareBits(std::span<const float> actual, std::span<const float> expected)
{
    QCOMPARE(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i)
        if (bitsOf(actual[i]) != bitsOf(expected[i]))
            QFAIL(qPrintable(QString("weight %1 is %2, not %3").arg(i).arg(actual[i]).arg(expected[i])));
}

void checkDequantize(const std::filesystem::path& dir, const FormatInfo& info)
{
    const auto blocks = test::readArray<std::byte>(dir / fileName(info.name, ".blocks"));
    const auto expected = test::readArray<float>(dir / fileName(info.name, ".f32"));
    QVERIFY(!expected.empty());
    QCOMPARE(int64_t(blocks.size()), format_bytes(info.format, int64_t(expected.size())));
    std::vector<float> actual(expected.size());
    info.dequantize(blocks.data(), actual.data(), int64_t(actual.size()));
    compareBits(actual, expected);
}

void addFormatRows()
{
    QTest::addColumn<int>("row");
    for (size_t i = 0; i < formats().size(); ++i)
        QTest::newRow(std::string(formats()[i].name).c_str()) << int(i);
}

} // namespace

class FormatsTest : public QObject {
    Q_OBJECT

private slots:
    void sampleDequantizesBitExactly_data() { addFormatRows(); }
    void sampleDequantizesBitExactly()
    {
        QFETCH(int, row);
        checkDequantize(test::dataDir() / "quants", formats()[size_t(row)]);
    }

    void goldenDequantizesBitExactly_data() { addFormatRows(); }
    void goldenDequantizesBitExactly()
    {
        REQUIRE_GOLDEN();
        const test::GoldenTally::Case counted(tally_);
        QFETCH(int, row);
        checkDequantize(test::goldenDir() / "quants", formats()[size_t(row)]);
    }

    void formatsAreFoundByIdAndName_data() { addFormatRows(); }
    void formatsAreFoundByIdAndName()
    {
        QFETCH(int, row);
        const FormatInfo& info = formats()[size_t(row)];
        QCOMPARE(&format_info(info.format), &info);
        QVERIFY(format_from_gguf(static_cast<uint32_t>(info.format)) == info.format);
        QVERIFY(format_from_name(info.name) == info.format);
        QVERIFY(format_from_name(fileName(info.name, "")) == info.format);
    }

    void unknownFormatsAreNotFound()
    {
        QVERIFY(!format_from_gguf(4)); // Q4_2, long removed
        QVERIFY(!format_from_gguf(200));
        QVERIFY(!format_from_name("Q4"));
        QVERIFY(!format_from_name(""));
    }

    void everyHalfSurvivesTheRoundTrip()
    {
        for (uint32_t half = 0; half < 0x10000; ++half) {
            const float value = half_to_float(uint16_t(half));
            if (std::isnan(value))
                QVERIFY(std::isnan(half_to_float(float_to_half(value))));
            else
                QCOMPARE(uint32_t(float_to_half(value)), half);
        }
    }

    void halfRoundsToNearestEven()
    {
        QCOMPARE(float_to_half(1.0f + 0x1p-11f), float_to_half(1.0f)); // tie, even below
        QCOMPARE(float_to_half(1.0f + 0x3p-11f), float_to_half(1.0f + 0x1p-9f)); // tie, even above
        QCOMPARE(float_to_half(0x1p-25f), uint16_t(0)); // tie between zero and the smallest
        QCOMPARE(float_to_half(0x1.8p-25f), uint16_t(1));
        QCOMPARE(float_to_half(65519.0f), uint16_t(0x7bff));
        QCOMPARE(float_to_half(65520.0f), uint16_t(0x7c00));
        QCOMPARE(float_to_half(-1e30f), uint16_t(0xfc00));
    }

    void bfloat16RoundsToNearestEven()
    {
        QCOMPARE(float_to_bfloat16(1.0f + 0x1p-8f), float_to_bfloat16(1.0f));
        QCOMPARE(float_to_bfloat16(1.0f + 0x3p-8f), float_to_bfloat16(1.0f + 0x1p-6f));
        QVERIFY(std::isnan(bfloat16_to_float(float_to_bfloat16(std::nanf("")))));
        QCOMPARE(bfloat16_to_float(float_to_bfloat16(-2.5f)), -2.5f);
    }

private:
    test::GoldenTally tally_{"quants"};
};

QTEST_APPLESS_MAIN(FormatsTest)
#include "formats_test.moc"
