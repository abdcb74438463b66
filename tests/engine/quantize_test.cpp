#include "quant/quantize.h"

#include "support/golden.h"

#include <QtTest>

#include <random>

using namespace rocmforge;

namespace {

std::vector<float> normalWeights(size_t n, float mean)
{
    std::mt19937 generator(7);
    std::normal_distribution<float> distribution(mean, 0.02f);
    std::vector<float> weights(n);
    std::ranges::generate(weights, [&] { return distribution(generator); });
    return weights;
}

std::vector<float> roundTrip(Format format, const std::vector<float>& weights)
{
    const auto n = int64_t(weights.size());
    std::vector<std::byte> blocks(size_t(format_bytes(format, n)));
    quantize(format, weights.data(), blocks.data(), n);
    std::vector<float> result(weights.size());
    format_info(format).dequantize(blocks.data(), result.data(), n);
    return result;
}

void addFormatRows()
{
    QTest::addColumn<Format>("format");
    for (const FormatInfo& info : formats())
        QTest::newRow(std::string(info.name).c_str()) << info.format;
}

/// The codebooks of the IQ formats have no zeros, nor has a single bit.
bool hasZero(Format format)
{
    switch (format) {
    case Format::iq1_s:
    case Format::iq1_m:
    case Format::iq2_xxs:
    case Format::iq2_xs:
    case Format::iq2_s:
    case Format::iq3_xxs:
    case Format::iq3_s:
    case Format::q1_0:
        return false;
    default:
        return true;
    }
}

} // namespace

Q_DECLARE_METATYPE(rocmforge::Format)

class QuantizeTest : public QObject {
    Q_OBJECT

private slots:
    void normalWeightsSurviveTheRoundTrip_data()
    {
        QTest::addColumn<Format>("format");
        QTest::addColumn<double>("bound");
        QTest::newRow("F32") << Format::f32 << 0.0;
        QTest::newRow("F16") << Format::f16 << 1e-7;
        QTest::newRow("BF16") << Format::bf16 << 3e-6;
        QTest::newRow("Q4_0") << Format::q4_0 << 0.0070;
        QTest::newRow("Q4_1") << Format::q4_1 << 0.006;
        QTest::newRow("Q5_0") << Format::q5_0 << 0.0017;
        QTest::newRow("Q5_1") << Format::q5_1 << 0.0014;
        QTest::newRow("Q8_0") << Format::q8_0 << 3e-5;
        QTest::newRow("Q2_K") << Format::q2_k << 0.09;
        QTest::newRow("Q3_K") << Format::q3_k << 0.023;
        QTest::newRow("Q4_K") << Format::q4_k << 0.0060;
        QTest::newRow("Q5_K") << Format::q5_k << 0.0015;
        QTest::newRow("Q6_K") << Format::q6_k << 3.3e-4;
        QTest::newRow("IQ4_NL") << Format::iq4_nl << 0.0065;
        QTest::newRow("IQ4_XS") << Format::iq4_xs << 0.0065;
        QTest::newRow("MXFP4") << Format::mxfp4 << 0.014;
        QTest::newRow("NVFP4") << Format::nvfp4 << 0.0115;
        QTest::newRow("IQ3_S") << Format::iq3_s << 0.02;
        QTest::newRow("IQ3_XXS") << Format::iq3_xxs << 0.037;
        QTest::newRow("IQ2_S") << Format::iq2_s << 0.072;
        QTest::newRow("IQ2_XS") << Format::iq2_xs << 0.1;
        QTest::newRow("IQ2_XXS") << Format::iq2_xxs << 0.135;
        QTest::newRow("IQ1_M") << Format::iq1_m << 0.19;
        QTest::newRow("IQ1_S") << Format::iq1_s << 0.21;
        QTest::newRow("TQ2_0") << Format::tq2_0 << 0.195;
        QTest::newRow("TQ1_0") << Format::tq1_0 << 0.195;
        QTest::newRow("Q2_0") << Format::q2_0 << 0.27;
        QTest::newRow("Q1_0") << Format::q1_0 << 0.37;
    }
    void normalWeightsSurviveTheRoundTrip()
    {
        QFETCH(Format, format);
        QFETCH(double, bound);
        for (const float mean : {0.0f, 0.05f}) {
            const auto weights = normalWeights(8192, mean);
            const double error = test::nmse(roundTrip(format, weights), weights);
            QVERIFY2(error <= bound, qPrintable(QString("NMSE %1 around mean %2").arg(error).arg(mean)));
        }
    }

    void zerosStayZeros_data() { addFormatRows(); }
    void zerosStayZeros()
    {
        QFETCH(Format, format);
        const std::vector<float> zeros(512, 0.0f);
        QCOMPARE(roundTrip(format, zeros), zeros);
    }

    void oneLargeWeightAmongZerosIsKept_data()
    {
        QTest::addColumn<Format>("format");
        for (const FormatInfo& info : formats())
            if (hasZero(info.format))
                QTest::newRow(std::string(info.name).c_str()) << info.format;
    }
    void oneLargeWeightAmongZerosIsKept()
    {
        QFETCH(Format, format);
        for (const float large : {3.0f, -3.0f}) {
            std::vector<float> weights(256, 0.0f);
            weights[100] = large;
            const double error = test::nmse(roundTrip(format, weights), weights);
            // The tables of IQ4 have no zero; 1 of 127 stands for it.
            QVERIFY2(error < 2e-3, qPrintable(QString::number(error)));
        }
    }
};

QTEST_APPLESS_MAIN(QuantizeTest)
#include "quantize_test.moc"
