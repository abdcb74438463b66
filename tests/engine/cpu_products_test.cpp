#include "cpu_testing.h"

#include "backend/cpu/kernels.h"
#include "backend/cpu/panels.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr float slope = 0.75f;

/// Odd on purpose: rows beyond a panel, one row, one block, more tokens than a tile.
struct Shape {
    int64_t nOut;
    int64_t nBlocks; ///< of the format's block, at least 32 weights
    int nTokens;
};
constexpr Shape shapes[] = {{16, 2, 3}, {33, 3, 5}, {7, 1, 33}, {80, 2, 130}, {48, 5, 1}, {1, 1, 1}};

/// Products of whole numbers are as exact as sums of floats are.
constexpr double exact = 1e-11;

int64_t widthOf(Format format, const Shape& shape)
{
    return shape.nBlocks * std::max(32, format_info(format).block_weights);
}

} // namespace

class CpuProductsTest : public QObject {
    Q_OBJECT

private slots:
    void projectionEqualsReference_data() { addRows(); }
    void projectionEqualsReference()
    {
        forEachShape(exact, [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& weight = pair.matrix(format, nIn, shape.nOut, 1);
            const auto x = wholeFloats(shape.nTokens * nIn, 2);
            std::vector<float> expected(static_cast<size_t>(shape.nTokens * shape.nOut)), y(expected);
            const Projection wanted{expected.data(), &weight.reference}, got{y.data(), &weight.tested};
            pair.reference.project({&wanted, 1}, x.data(), nullptr, shape.nTokens);
            pair.tested->project({&got, 1}, x.data(), nullptr, shape.nTokens);
            return nmse(y, expected);
        });
    }

    void normBiasAndClampAreApplied_data() { addRows(); }
    void normBiasAndClampAreApplied()
    {
        forEachShape(rounded(), [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& a = pair.matrix(format, nIn, shape.nOut, 1);
            const WeightPair& b = pair.matrix(Format::f32, nIn, shape.nOut + 5, 2);
            const auto x = randomFloats(shape.nTokens * nIn, 3, 4.0f);
            const auto scale = randomFloats(nIn, 4), bias = randomFloats(shape.nOut, 5);
            const Norm norm{.weight = scale.data()};
            const int64_t nA = shape.nTokens * shape.nOut, nB = shape.nTokens * (shape.nOut + 5);
            std::vector<float> expected(static_cast<size_t>(nA + nB)), y(expected);
            const Projection wanted[] = {{expected.data(), &a.reference, bias.data(), 0.5f},
                                         {expected.data() + nA, &b.reference}};
            const Projection got[] = {{y.data(), &a.tested, bias.data(), 0.5f}, {y.data() + nA, &b.tested}};
            pair.reference.project(wanted, x.data(), &norm, shape.nTokens);
            pair.tested->project(got, x.data(), &norm, shape.nTokens);
            return nmse(y, expected);
        });
    }

    void residualIsScaledAndAdded_data() { addRows(); }
    void residualIsScaledAndAdded()
    {
        forEachShape(exact, [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& weight = pair.matrix(format, nIn, shape.nOut, 1);
            const auto y = wholeFloats(shape.nTokens * nIn, 2);
            const auto bias = randomFloats(shape.nOut, 3);
            auto expected = randomFloats(shape.nTokens * shape.nOut, 4);
            auto x = expected;
            pair.reference.project_residual(expected.data(), y.data(), weight.reference, bias.data(), slope,
                                            shape.nTokens, nullptr);
            pair.tested->project_residual(x.data(), y.data(), weight.tested, bias.data(), slope,
                                          shape.nTokens, nullptr);
            return nmse(x, expected);
        });
    }

    void gatedProductEqualsReference_data() { addRows(); }
    void gatedProductEqualsReference()
    {
        forEachShape(rounded(), [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& gate = pair.matrix(format, nIn, shape.nOut, 1);
            double worst = 0;
            for (const Format upFormat : {format, Format::f16}) {
                const WeightPair& up = pair.matrix(upFormat, nIn, shape.nOut, 2);
                const auto x = randomFloats(shape.nTokens * nIn, 3);
                const auto scale = randomFloats(nIn, 4);
                const Norm norm{.weight = scale.data()};
                std::vector<float> expected(static_cast<size_t>(shape.nTokens * shape.nOut)), h(expected);
                pair.reference.gated_ffn(expected.data(), x.data(), gate.reference, up.reference, norm,
                                         Activation::silu, shape.nTokens);
                pair.tested->gated_ffn(h.data(), x.data(), gate.tested, up.tested, norm, Activation::silu,
                                       shape.nTokens);
                worst = std::max(worst, nmse(h, expected) / 4); // of the product of two
            }
            return worst;
        });
    }

    void logitsAreOfTheOutputRows_data() { addRows(); }
    void logitsAreOfTheOutputRows()
    {
        forEachShape(rounded(), [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& weight = pair.matrix(format, nIn, shape.nOut, 1);
            const auto x = randomFloats(shape.nTokens * nIn, 2);
            const auto scale = randomFloats(nIn, 3);
            const Norm norm{.weight = scale.data()};
            std::vector<int32_t> rows;
            for (int32_t row = shape.nTokens - 1; row >= 0; row -= 3)
                rows.insert(rows.begin(), row);
            Batch batch;
            batch.output_rows = rows;
            std::vector<float> expected(rows.size() * static_cast<size_t>(shape.nOut)), out(expected);
            pair.reference.logits(expected.data(), x.data(), batch, norm, weight.reference, slope);
            pair.tested->logits(out.data(), x.data(), batch, norm, weight.tested, slope);
            return nmse(out, expected);
        });
    }

    void embeddingIsExact_data() { addRows(); }
    void embeddingIsExact()
    {
        forEachShape(0.0, [](BackendPair& pair, Format format, const Shape& shape) {
            const int64_t nIn = widthOf(format, shape);
            const WeightPair& table = pair.matrix(format, nIn, shape.nOut, 1);
            std::vector<int32_t> tokens;
            for (int i = 0; i < shape.nTokens; ++i)
                tokens.push_back(static_cast<int32_t>((7 * i + 3) % shape.nOut));
            std::vector<float> expected(tokens.size() * static_cast<size_t>(nIn)), x(expected);
            pair.reference.embed(expected.data(), table.reference, tokens, slope);
            pair.tested->embed(x.data(), table.tested, tokens, slope);
            return x == expected ? 0.0 : 1.0;
        });
    }

    void extremeCodesDoNotOverflow_data() { addRows(); }
    void extremeCodesDoNotOverflow()
    {
        QFETCH(std::string, simd);
        QFETCH(Format, format);
        BackendPair pair(simd);
        constexpr int64_t nIn = 256, nOut = 16;
        for (const float extreme : {-3.0f, 3.0f}) {
            std::vector<std::byte> bytes(static_cast<size_t>(format_bytes(format, nIn * nOut)));
            const std::vector<float> weights(nIn * nOut, extreme);
            format_info(format).quantize(weights.data(), bytes.data(), nIn * nOut);
            const Weight a = pair.reference.upload_matrix(format, nIn, nOut, bytes).value();
            const Weight b = pair.tested->upload_matrix(format, nIn, nOut, bytes).value();
            for (const float activation : {-100.0f, 100.0f}) {
                const std::vector<float> x(nIn, activation);
                std::vector<float> expected(nOut), y(nOut);
                const Projection wanted{expected.data(), &a}, got{y.data(), &b};
                pair.reference.project({&wanted, 1}, x.data(), nullptr, 1);
                pair.tested->project({&got, 1}, x.data(), nullptr, 1);
                QVERIFY(nmse(y, expected) < 1e-10);
            }
        }
    }

    /// What a format new to the list gets: rows as in the file, dequantized.
    void formatWithoutKernelsIsMultiplied_data() { addSimdRows(); }
    void formatWithoutKernelsIsMultiplied()
    {
        QFETCH(std::string, simd);
        constexpr auto unknown = static_cast<Format>(1000);
        constexpr int64_t nIn = 512;
        constexpr int nTokens = 3;
        BackendPair pair(simd);
        const WeightPair& weight = pair.matrix(Format::q3_k, nIn, cpu::panel_rows, 1);
        const auto x = randomFloats(nTokens * nIn, 2);
        alignas(64) float y[nTokens * cpu::panel_rows];
        const cpu::Multiply multiply = cpu::kernels(cpu::choose_simd_level(simd).value()).multiply(unknown);
        QVERIFY(!multiply.takes_codes);
        multiply.run({.panels = {weight.bytes.data(), nullptr},
                      .n_panels = 1,
                      .format = &format_info(Format::q3_k),
                      .n_in = nIn,
                      .n_tokens = nTokens,
                      .blocks = nullptr,
                      .block_stride = 0,
                      .rows = x.data(),
                      .out = y});
        std::vector<float> expected(std::size(y));
        const Projection wanted{expected.data(), &weight.reference};
        pair.reference.project({&wanted, 1}, x.data(), nullptr, nTokens);
        QVERIFY(nmse(std::vector(std::begin(y), std::end(y)), expected) < 1e-10);
    }

    void zeroActivationsGiveZero_data() { addSimdRows(); }
    void zeroActivationsGiveZero()
    {
        QFETCH(std::string, simd);
        BackendPair pair(simd);
        const WeightPair& weight = pair.matrix(Format::q4_k, 256, 16, 1);
        const std::vector<float> x(256, 0.0f);
        std::vector<float> y(16, 1.0f);
        const Projection projection{y.data(), &weight.tested};
        pair.tested->project({&projection, 1}, x.data(), nullptr, 1);
        QCOMPARE(y, std::vector<float>(16, 0.0f));
    }

    void wrongSizeIsRejected()
    {
        BackendPair pair("");
        const std::vector<std::byte> bytes(100);
        const Result<Weight> weight = pair.tested->upload_matrix(Format::q8_0, 32, 4, bytes);
        QVERIFY(!weight);
        QVERIFY(weight.error().kind == ErrorKind::invalid_value);
    }

private:
    static void addRows()
    {
        QTest::addColumn<std::string>("simd");
        QTest::addColumn<Format>("format");
        for (const std::string& simd : simdLevels())
            for (const FormatInfo& info : formats())
                QTest::addRow("%s %s", simd.c_str(), info.name.data()) << simd << info.format;
    }

    /// Largest NMSE where activations are not whole numbers: rounding them gives 5e-5 in the mean, and up
    /// to thrice that of few tokens.
    static double rounded()
    {
        QFETCH(Format, format);
        return roundsActivations(format) ? 1.5e-4 : 1e-10;
    }

    /// `error` gives the NMSE of one case. A single output may nearly cancel out, so it must be exact.
    template <typename Error> static void forEachShape(double tolerance, Error error)
    {
        QFETCH(std::string, simd);
        QFETCH(Format, format);
        BackendPair pair(simd);
        for (const Shape& shape : shapes) {
            if (shape.nOut == 1 && tolerance > exact)
                continue;
            const double found = error(pair, format, shape);
            const QString what = QString("NMSE %1 of %2 rows, %3 blocks, %4 tokens")
                                     .arg(found)
                                     .arg(shape.nOut)
                                     .arg(shape.nBlocks)
                                     .arg(shape.nTokens);
            QVERIFY2(found <= tolerance, qPrintable(what));
        }
        QVERIFY(pair.tested->synchronize().has_value());
    }
};

QTEST_GUILESS_MAIN(CpuProductsTest)
#include "cpu_products_test.moc"
